import { textOf } from '../base/octets.ts'
import { ProtocolViolation } from '../wire/errors.ts'

/**
 * The codes that `-ERR` responses are known to carry, in upper case and without their brackets.
 *
 * | code | says | standard |
 * |---|---|---|
 * | `IN-USE` | another session holds the maildrop | RFC 2449 §8.1.2 |
 * | `LOGIN-DELAY` | the last login was too short a time ago | RFC 2449 §8.1.1 |
 * | `AUTH` | the user name or the password is wrong | RFC 3206 §5 |
 * | `SYS/TEMP` | the server has a trouble that passes | RFC 3206 §4 |
 * | `UTF8` | the letter can't be shown to a client that did not ask for UTF-8 | RFC 6856 §5 |
 * | `SYS/PERM` | the server has a trouble that somebody must mend | RFC 3206 §4 |
 *
 * Servers may send others, so the type is open.
 */
export type Pop3ResponseCode =
  'IN-USE' | 'LOGIN-DELAY' | 'AUTH' | 'UTF8' | 'SYS/TEMP' | 'SYS/PERM' | (string & {})

/** One status line of a server (RFC 1939 §3). */
export interface Pop3Response {
  /** `+OK`, `-ERR`, or `+`: the next challenge of an AUTH exchange (RFC 5034 §4). */
  readonly status: 'ok' | 'error' | 'challenge'
  /** The response code of an `-ERR`, if it has one. */
  readonly code: Pop3ResponseCode | undefined
  /** What follows the status and the code, as the server wrote it. The base64 of a challenge. */
  readonly text: string
}

/**
 * `+OK` and `-ERR` "must be in upper case" (RFC 1939 §3). A challenge is `+ ` and base64; some servers leave out the space
 * when there is nothing after it.
 */
const STATUS_LINE = /^(?<status>\+OK|-ERR|\+)(?: (?<text>.*))?$/s

/** `resp-code` of RFC 2449 §3: printable, without `]`. Leading spaces are those of servers that write two. */
const RESPONSE_CODE = /^ *\[(?<code>[!-\\^-~]+)\] ?(?<text>.*)$/s

const STATUS = { '+OK': 'ok', '-ERR': 'error', '+': 'challenge' } as const

/**
 * Reads a status line, without its line end.
 *
 * A code is looked for after `-ERR` only, but there always, whether or not the server announced RESP-CODES: what stands in
 * brackets elsewhere, say in a greeting, is a host name as often as a code.
 *
 * @throws ProtocolViolation when the line is no status line.
 */
export function parseResponse(line: Uint8Array): Pop3Response {
  const groups = STATUS_LINE.exec(textOf(line))?.groups
  const status = groups?.['status']
  if (status !== '+OK' && status !== '-ERR' && status !== '+') {
    throw new ProtocolViolation('reading a POP3 response failed: neither +OK nor -ERR', line)
  }
  const text = groups?.['text'] ?? ''
  const coded = status === '-ERR' ? RESPONSE_CODE.exec(text)?.groups : undefined
  return {
    status: STATUS[status],
    code: coded?.['code']?.toUpperCase(),
    text: coded?.['text'] ?? text,
  }
}
