import { octetsOf } from '../base/octets.ts'

/** What stands for a secret where a command is shown. */
const CONCEALED = '********'

/** The longest command, its CRLF included, that every server has to accept (RFC 2449 §4). */
export const MAX_COMMAND_OCTETS = 255

/** Anything that could end the line early, or that a server could take for the end of the argument. */
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/

/** One line to the server, and how it may be shown in logs and errors. */
export interface Pop3Command {
  readonly octets: Uint8Array
  /** The line without its line end, a secret in it concealed. */
  readonly shown: string
  readonly isSecret: boolean
  /** What the protocol log must not show from now on. */
  readonly secrets?: readonly string[]
}

/** The same line, for a log that is to know which secrets it stands for. */
export function withSecrets(command: Pop3Command, secrets: readonly string[]): Pop3Command {
  return { ...command, secrets }
}

/**
 * Formats a command of RFC 1939 §3: a keyword and its arguments, one space between them, CRLF.
 *
 * Nothing else in `pop3/` writes lines, so no argument can smuggle in a second command.
 *
 * @throws RangeError when an argument holds a control character. The message does not repeat it.
 */
export function formatCommand(
  keyword: string,
  ...words: readonly (string | number)[]
): Pop3Command {
  const line = [keyword, ...words].join(' ')
  return { octets: encodeLine(line, keyword), shown: line, isSecret: false }
}

/** As {@link formatCommand}, with an argument that must not be shown at the end: the one of `PASS`, the response of `AUTH`. */
export function formatSecretCommand(shownPart: string, secret: string): Pop3Command {
  const octets = encodeLine(`${shownPart} ${secret}`, shownPart)
  return { octets, shown: `${shownPart} ${CONCEALED}`, isSecret: true }
}

/** An answer to a SASL challenge: base64 alone on its line (RFC 5034 §4). */
export function formatSaslResponse(base64: string): Pop3Command {
  return { octets: encodeLine(base64, 'a SASL response'), shown: CONCEALED, isSecret: true }
}

function encodeLine(line: string, subject: string): Uint8Array {
  if (CONTROL_CHARACTER.test(line)) {
    throw new RangeError(`${subject} can't carry control characters`)
  }
  return octetsOf(`${line}\r\n`)
}
