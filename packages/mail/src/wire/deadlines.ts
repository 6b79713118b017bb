/**
 * How long to wait, for each phase of a conversation, in milliseconds.
 *
 * The time counts until a reply is complete, in however many lines and pieces it comes: a server that sends an octet a second does not buy itself
 * more. A listing of POP3 has a millisecond more for each octet of it. Content is the exception, because there is no telling how long a letter takes; there each piece that gets through begins
 * the time anew. `totalTimeoutMs` bounds the whole.
 */
export interface Deadlines {
  /** Name resolution and TCP, over all addresses of the host. */
  readonly connectMs: number
  /** The TLS handshake. */
  readonly tlsMs: number
  /** The server's first words. */
  readonly greetingMs: number
  /** Any command that has no deadline of its own. */
  readonly commandMs: number
  /** The caller's own answer, when it is asked for an access token. */
  readonly tokenMs: number
  /** The reply to MAIL. */
  readonly mailMs: number
  /** The reply to RCPT. */
  readonly rcptMs: number
  /** The go-ahead of DATA. */
  readonly dataMs: number
  /** One piece of a letter's content, in either direction: to get through, to come out of its source, to be taken by its sink. */
  readonly contentMs: number
  /** The reply to the dot that ends the content. */
  readonly contentEndMs: number
  /** The farewell. */
  readonly quitMs: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The minimum values of RFC 5321 §4.5.3.2 where it has one. */
export const DEFAULT_DEADLINES: Deadlines = {
  // Longer than a lost SYN takes to be repeated five times (1+2+4+8+16 s), shorter than the two minutes a kernel would wait.
  connectMs: MINUTE,
  // Two round trips and some arithmetic. Only a server that does not speak TLS at all stays silent for so long.
  tlsMs: MINUTE,
  // §4.5.3.2.1: servers accept a connection and greet only when their load permits.
  greetingMs: 5 * MINUTE,
  // Not in RFC 5321, which says that commands without a value of their own are to be treated alike; RFC 1939 has none for clients.
  commandMs: 5 * MINUTE,
  // One request to the token endpoint of a provider. Servers end a connection that does not log in after one to three minutes.
  tokenMs: MINUTE,
  // §4.5.3.2.2
  mailMs: 5 * MINUTE,
  // §4.5.3.2.3: longer where the server expands lists while one waits.
  rcptMs: 5 * MINUTE,
  // §4.5.3.2.4
  dataMs: 2 * MINUTE,
  // §4.5.3.2.5
  contentMs: 3 * MINUTE,
  // §4.5.3.2.6: giving up too early is what makes duplicates (RFC 1047), because the server delivers all the same.
  contentEndMs: 10 * MINUTE,
  // Everything is done by then, except in POP3, where deletions are carried out (RFC 1939 §6) and a large maildrop is rewritten.
  quitMs: MINUTE,
}
