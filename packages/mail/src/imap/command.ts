/**
 * Commands of IMAP (RFC 9051 §2.2.1, §9). They are made of parts, each of which was checked when it was made, and nothing else in this package writes to an
 * IMAP server: so no text, whoever it comes from, can become a second command.
 */

import { concatOctets, NO_OCTETS, octetsOf, textOf } from '../base/octets.ts'
import { formatDate, formatDateTime } from './date-time.ts'
import { MailboxName } from './mailbox-name.ts'
import type { NameEncoding } from './mailbox-name.ts'
import type { SequenceSet, UidSet } from './number-set.ts'

/** Text goes as it stands, without CR, LF and NUL in it; a literal may be any octets but NUL. */
type Segment =
  | { readonly kind: 'text'; readonly octets: Uint8Array }
  | { readonly kind: 'literal'; readonly octets: Uint8Array }

/** `ATOM-CHAR` (RFC 9051 §9): no control characters, space, parentheses, `{`, `%`, `*`, `"`, backslash, `]`. */
const ATOM = /^[!#$&'+-[^-z|}~]+$/
/** A flag may begin with a backslash. */
const FLAG = /^\\?[!#$&'+-[^-z|}~]+$/
/** The names of commands and of their options: written in this package only, several words at most. */
const KEYWORDS = /^[A-Z0-9.+=$()-]+(?: [A-Z0-9.+=$()-]+)*$/
/** What is fetched of a letter: a part's number, and what of the part. */
const SECTION = /^(?:[1-9]\d{0,9}(?:\.[1-9]\d{0,9})*)?$/
/** A field's name (RFC 5322 §3.6.8) that is also an atom. */
const FIELD_NAME = /^[!#$&'+-9;-Z^-z|}~]+$/

/** Longer than this a text goes as a literal. RFC 7162 §4 has 8,192 octets for a whole line. */
const MAX_QUOTED_OCTETS = 1_000

/** Text that may stand between quotes: no controls. What is not ASCII may when both sides have agreed to UTF-8. */
const QUOTABLE = /^[\u0020-\u007e]*$/
const QUOTABLE_IN_UTF8 = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/

const NUL = 0

/** Part of a command: one argument, or several that belong together. */
export class CommandPart {
  readonly segments: readonly Segment[]

  private constructor(segments: readonly Segment[]) {
    this.segments = segments
  }

  /** Words of the protocol itself. */
  static keywords(words: string): CommandPart {
    return CommandPart.#checked(words, KEYWORDS, 'a keyword')
  }

  /** A word of the caller's. @throws RangeError when it is no atom. */
  static atom(word: string): CommandPart {
    return CommandPart.#checked(word, ATOM, 'an atom')
  }

  /** @throws RangeError when it can be no flag. */
  static flag(flag: string): CommandPart {
    return CommandPart.#checked(flag, FLAG, 'a flag')
  }

  /** @throws RangeError when it is no whole number from 0. */
  static number(number: number | bigint): CommandPart {
    if (number < 0 || (typeof number === 'number' && !Number.isSafeInteger(number))) {
      throw new RangeError(`a number is a whole one from 0, and not ${number}`)
    }
    return CommandPart.#text(`${number}`)
  }

  /** @throws RangeError when the set is empty: IMAP has no way to write that. */
  static set(set: UidSet | SequenceSet): CommandPart {
    if (set.isEmpty) throw new RangeError('no letters are named')
    return CommandPart.#text(set.toString())
  }

  /** Text in quotes, or as a literal where quotes can't hold it. @throws RangeError when it holds NUL or half a surrogate pair. */
  static string(text: string, encoding: NameEncoding): CommandPart {
    if (!text.isWellFormed()) throw new RangeError('a text holds half a surrogate pair')
    const quotable = encoding === 'utf-8' ? QUOTABLE_IN_UTF8 : QUOTABLE
    const octets = octetsOf(text)
    if (octets.length > MAX_QUOTED_OCTETS || !quotable.test(text))
      return CommandPart.#literal(octets)
    return CommandPart.#text(`"${text.replace(/["\\]/g, '\\$&')}"`)
  }

  /** The name of a mailbox. @throws RangeError as `MailboxName.of`. */
  static mailbox(name: string | MailboxName, encoding: NameEncoding): CommandPart {
    const octets = MailboxName.of(name).octets(encoding)
    const text = textOf(octets)
    // Octets that are no UTF-8 would be others when they are written as text.
    const isText = octetsOf(text).length === octets.length
    return isText ? CommandPart.string(text, encoding) : CommandPart.#literal(octets)
  }

  /** A moment, in UTC. */
  static dateTime(date: Date): CommandPart {
    return CommandPart.#text(`"${formatDateTime(date)}"`)
  }

  /** A day, in UTC. */
  static date(date: Date): CommandPart {
    return CommandPart.#text(formatDate(date))
  }

  /** Base64, for a SASL exchange. */
  static base64(text: string): CommandPart {
    return CommandPart.#checked(text, /^(?:[A-Za-z0-9+/]*={0,2})$/, 'base64')
  }

  /** Parts with a space between each two. */
  static sequence(...parts: readonly CommandPart[]): CommandPart {
    return CommandPart.#joined('', parts, '')
  }

  /** The same in parentheses. */
  static list(parts: readonly CommandPart[]): CommandPart {
    return CommandPart.#joined('(', parts, ')')
  }

  /** `BODY.PEEK[1.2.MIME]<0.65536>`. @throws RangeError when there can be no such section. */
  static section(request: SectionRequest): CommandPart {
    const { item, part = '', of, fields = [], piece } = request
    const isWhole = part === '' || of === undefined
    if (!SECTION.test(part) || (of === 'MIME' && part === '') || !fields.every(isFieldName)) {
      throw new RangeError('a letter can have no such section')
    }
    const names = fields.length === 0 ? '' : ` (${fields.join(' ')})`
    const section = `${part}${isWhole ? '' : '.'}${of ?? ''}${names}`
    const from = piece === undefined ? '' : `<${rangeOf(piece)}>`
    return CommandPart.#text(`${item}[${section}]${from}`)
  }

  static #checked(text: string, pattern: RegExp, what: string): CommandPart {
    // The text is not repeated: it may be a secret that stands in the wrong place.
    if (!pattern.test(text)) throw new RangeError(`${what} has characters that it can't have`)
    return CommandPart.#text(text)
  }

  static #text(text: string): CommandPart {
    return new CommandPart([{ kind: 'text', octets: octetsOf(text) }])
  }

  static #literal(octets: Uint8Array): CommandPart {
    if (octets.includes(NUL)) throw new RangeError('a text holds NUL, which IMAP has no place for')
    return new CommandPart([{ kind: 'literal', octets }])
  }

  static #joined(before: string, parts: readonly CommandPart[], after: string): CommandPart {
    const space = CommandPart.#text(' ').segments
    const inner = parts.flatMap(({ segments }, index) =>
      index === 0 ? segments : [...space, ...segments],
    )
    const [opening, closing] = [CommandPart.#text(before), CommandPart.#text(after)]
    return new CommandPart([...opening.segments, ...inner, ...closing.segments])
  }
}

/** A piece of a letter's content to fetch. */
export interface SectionRequest {
  /** `BODY.PEEK` leaves the letter unseen. */
  readonly item: 'BODY' | 'BODY.PEEK' | 'BINARY.PEEK' | 'BINARY.SIZE'
  /** The number of a part: `1.2`. By default the letter itself. */
  readonly part?: string
  readonly of?: 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME'
  /** Of `HEADER.FIELDS`. */
  readonly fields?: readonly string[]
  readonly piece?: { readonly offset: number; readonly octetCount: number }
}

function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name)
}

function rangeOf({ offset, octetCount }: { offset: number; octetCount: number }): string {
  const isPossible = Number.isSafeInteger(offset) && Number.isSafeInteger(octetCount)
  if (isPossible && offset >= 0 && octetCount > 0) return `${offset}.${octetCount}`
  throw new RangeError('a piece begins at a whole number from 0 and has at least one octet')
}

/** A command, without its tag. */
export interface ImapCommand {
  /** For errors and the log: its first words, and what else is no secret. */
  readonly shown: string
  readonly part: CommandPart
  /** What the protocol log must not show from now on; their mere presence hides the whole command. */
  readonly secrets?: readonly string[]
}

/** Writes a command: keywords, and what comes after them. */
export function formatCommand(keywords: string, ...parts: readonly CommandPart[]): ImapCommand {
  const part = CommandPart.sequence(CommandPart.keywords(keywords), ...parts)
  return { part, shown: shownOf(part) }
}

/** As {@link formatCommand}, with something in the parts that nobody is to see. */
export function formatSecretCommand(
  keywords: string,
  parts: readonly CommandPart[],
  secrets: readonly string[],
): ImapCommand {
  const part = CommandPart.sequence(CommandPart.keywords(keywords), ...parts)
  return { part, shown: `${keywords} ********`, secrets }
}

function shownOf({ segments }: CommandPart): string {
  return segments
    .map(({ kind, octets }) => (kind === 'text' ? textOf(octets) : `{${octets.length}}`))
    .join('')
}

/** How literals may be sent (RFC 7888): with LITERAL+ all without waiting, with LITERAL- those up to 4096 octets, otherwise none. */
export type LiteralMode = 'waiting' | 'small-at-once' | 'at-once'

/** RFC 7888 §5. */
const MAX_LITERAL_MINUS_OCTETS = 4_096

/** What is sent in one go, and whether the server has to say `+` before the next. */
export interface CommandChunk {
  readonly octets: Uint8Array
  readonly awaitsContinuation: boolean
}

const CRLF = octetsOf('\r\n')

/** A command as it is sent, cut where the server has to be waited for. */
export function layOut(tag: string, { part }: ImapCommand, mode: LiteralMode): CommandChunk[] {
  const chunks: CommandChunk[] = []
  let pending: Uint8Array[] = [octetsOf(`${tag} `)]
  for (const { kind, octets } of part.segments) {
    if (kind === 'text') {
      pending.push(octets)
      continue
    }
    const announcement = announceLiteral(octets.length, mode)
    pending.push(announcement.octets)
    if (announcement.awaitsContinuation) {
      chunks.push({ octets: concatOctets(pending), awaitsContinuation: true })
      pending = []
    }
    pending.push(octets)
  }
  chunks.push({ octets: concatOctets([...pending, CRLF]), awaitsContinuation: false })
  return chunks
}

/** `{n}` or `{n+}`, and its line end. */
export function announceLiteral(octetCount: number, mode: LiteralMode): CommandChunk {
  const isSmall = octetCount <= MAX_LITERAL_MINUS_OCTETS
  const isAtOnce = mode === 'at-once' || (mode === 'small-at-once' && isSmall)
  return {
    octets: octetsOf(`{${octetCount}${isAtOnce ? '+' : ''}}\r\n`),
    awaitsContinuation: !isAtOnce,
  }
}

/** An answer to a SASL challenge, alone on its line. @throws RangeError when it is no base64. */
export function formatSaslResponse(base64: string): Uint8Array {
  return concatOctets([CommandPart.base64(base64).segments[0]?.octets ?? NO_OCTETS, CRLF])
}

/** Ends a SASL exchange that can't go on (RFC 9051 §6.2.2). */
export const CANCEL_AUTHENTICATION: Uint8Array = octetsOf('*\r\n')

/** Ends IDLE (RFC 2177 §3). */
export const DONE: Uint8Array = octetsOf('DONE\r\n')
