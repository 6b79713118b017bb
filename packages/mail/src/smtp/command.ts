/**
 * The commands of an SMTP client. Nothing else in the client writes CRLF, and every word of a command has a type whose values
 * can't hold one: keywords of this file, numbers, base64, client names and paths.
 */

import { assert } from '../base/assert.ts'
import { octetsOf } from '../base/octets.ts'
import type { MechanismName } from '../sasl/mechanism.ts'
import type { ClientName, ForwardPath, ReversePath } from './path.ts'

/** RFC 5321 §4.5.3.1.4, CRLF included. RFC 4954 §4 holds AUTH to it too. */
const MAX_COMMAND_OCTETS = 512

const CONCEALED = '********'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** What no line may hold, whatever the types have promised: the last line of defence. */
const CONTROL_CHARACTER = /\p{Cc}/u

/** One line to the server. */
export interface SmtpCommand {
  readonly octets: Uint8Array
  /** The line as it may be shown in errors, its secrets concealed. */
  readonly shown: string
  /** What the protocol log shows instead, when the line holds a secret. */
  readonly logAs?: string
  /** What the protocol log must not show from now on. */
  readonly secrets?: readonly string[]
}

/** `keyword` or `keyword=value` after the path of MAIL or RCPT (RFC 5321 §4.1.2). Made by {@link formatParameter}. */
export type Parameter = string & { readonly '~parameter': true }

/** `esmtp-keyword` and `esmtp-value` of RFC 5321 §4.1.2, so neither space nor control nor `=` but the one. */
const PARAMETER = /^[A-Z0-9][A-Z0-9-]*(?:=[!-<>-~]+)?$/

export const STARTTLS: SmtpCommand = formatLine('STARTTLS')
export const DATA: SmtpCommand = formatLine('DATA')
export const RSET: SmtpCommand = formatLine('RSET')
export const QUIT: SmtpCommand = formatLine('QUIT')
/** Ends an authentication that this side does not want to go on with (RFC 4954 §4). */
export const CANCEL_AUTHENTICATION: SmtpCommand = formatLine('*')
/** Content of no lines, for when a server asks for content that nobody is to get (RFC 2920 §3.1). */
export const LONE_DOT: SmtpCommand = formatLine('.')

export function formatEhlo(clientName: ClientName): SmtpCommand {
  return formatLine('EHLO', clientName)
}

/** RFC 2033 §4.1. */
export function formatLhlo(clientName: ClientName): SmtpCommand {
  return formatLine('LHLO', clientName)
}

export function formatHelo(clientName: ClientName): SmtpCommand {
  return formatLine('HELO', clientName)
}

/** How long an initial response may be to fit into its command; a longer one answers the first challenge (RFC 4954 §4). */
export function maxInitialResponseOctets(mechanism: MechanismName): number {
  return MAX_COMMAND_OCTETS - formatLine('AUTH', mechanism, '').octets.length
}

/** @param initialResponse base64, or `=` for an empty one. */
export function formatAuth(mechanism: MechanismName, initialResponse?: string): SmtpCommand {
  if (initialResponse === undefined) return formatLine('AUTH', mechanism)
  assert(initialResponse === '=' || BASE64.test(initialResponse), 'an initial response is base64')
  return conceal(formatLine('AUTH', mechanism, initialResponse), `AUTH ${mechanism} ${CONCEALED}`)
}

/** @param response base64, empty for a response of no octets. */
export function formatAuthResponse(response: string): SmtpCommand {
  assert(BASE64.test(response), 'a response is base64')
  return conceal(formatLine(response), CONCEALED)
}

/** @param parameters each only when the server offers its extension. */
export function formatMail(path: ReversePath, parameters: readonly Parameter[] = []): SmtpCommand {
  return formatLine('MAIL', `FROM:${path.toString()}`, ...parameters)
}

/** As {@link formatMail}. */
export function formatRcpt(path: ForwardPath, parameters: readonly Parameter[] = []): SmtpCommand {
  return formatLine('RCPT', `TO:${path.toString()}`, ...parameters)
}

/** A parameter of MAIL or RCPT. */
export function formatParameter(keyword: string, value?: string): Parameter {
  const text = value === undefined ? keyword : `${keyword}=${value}`
  assert(isParameter(text), 'a parameter is a keyword, or a keyword and a value of visible ASCII')
  return text
}

/** How many octets of content follow the line (RFC 3030 §2). */
export function formatBdat(octets: number, last?: 'LAST'): SmtpCommand {
  const count = formatCount(octets)
  return last === undefined ? formatLine('BDAT', count) : formatLine('BDAT', count, last)
}

function isParameter(text: string): text is Parameter {
  return PARAMETER.test(text)
}

/** The same line, for a log that is to know which secrets it stands for. */
export function withSecrets(command: SmtpCommand, secrets: readonly string[]): SmtpCommand {
  return { ...command, secrets }
}

export function formatCount(value: number): string {
  assert(Number.isSafeInteger(value) && value >= 0, 'a count of octets is a whole number')
  return value.toString()
}

function formatLine(...words: readonly string[]): SmtpCommand {
  const line = words.join(' ')
  assert(!CONTROL_CHARACTER.test(line), 'a command holds no control character')
  return { octets: octetsOf(`${line}\r\n`), shown: line }
}

function conceal({ octets }: SmtpCommand, shown: string): SmtpCommand {
  return { octets, shown, logAs: shown }
}
