/** A letter that a client has sent to the host and that is not in a mailbox yet. */
export interface ArrivingLetter {
  /** Counts the letters that arrived at this host, from 1. */
  readonly number: number
  /** Without angle brackets; empty for the null reverse-path. */
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** What MAIL said besides, by keyword in upper case: `BODY`, `SIZE`, `RET` … */
  readonly mailParameters: ReadonlyMap<string, string | undefined>
  /** What RCPT said besides, for each forward-path: `NOTIFY`, `ORCPT`. */
  readonly rcptParameters: readonly ReadonlyMap<string, string | undefined>[]
  /** As it will lie in the mailboxes: Return-Path and Received on top, then the octets as they came. */
  readonly octets: Uint8Array
}

/**
 * What becomes of an arriving letter: everything that can happen to mail, at will.
 *
 * | kind | the client sees | the mailbox gets |
 * |---|---|---|
 * | `deliver` | accepted | the letter |
 * | `lose` | accepted | nothing |
 * | `duplicate` | accepted | the letter twice |
 * | `hold` | accepted | the letter when `release` is called, so late or in another order |
 * | `refuse` | this reply | nothing |
 * | `disconnect` | no reply, a closed connection | the letter, if `isStored` |
 */
export type Fate =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'refuse'; readonly code: number; readonly text: string }
  | { readonly kind: 'disconnect'; readonly isStored: boolean }

/**
 * What becomes of a command: executed, answered with the line's end, or answered with other words and not executed. The
 * words are sent as they are, with CRLF after them; by IMAP with the command's tag before the last line, unless that begins with `*` or `+`.
 */
export type CommandFate = 'proceed' | 'disconnect' | { readonly reply: string }

export type HostProtocol = 'smtp' | 'pop3' | 'imap'

/** The hooks by which a test decides what goes wrong. One that throws ends its connection and fails `close()`. */
export interface FaultHooks {
  /** Asked for every letter that a client has sent whole. Default: deliver. */
  readonly onLetter?: (letter: ArrivingLetter) => Fate | Promise<Fate>
  /**
   * Asked for every command line, before it is executed. A line has no line end; it may hold a password. One of IMAP has no tag, and `{n}` in
   * place of a literal. Lines of an AUTH exchange, the end of IDLE and the content of letters are not commands. Default: proceed.
   */
  readonly onCommand?: (protocol: HostProtocol, line: string) => CommandFate | Promise<CommandFate>
}
