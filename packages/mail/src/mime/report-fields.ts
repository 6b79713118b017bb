/** What the machine-readable parts of reports are made of (RFC 3464 §2.1, RFC 8098 §3.1): groups of fields, and values with a type before them. */

import { parseDateTime } from './date-time.ts'
import { parseHeaderSection } from './header-section.ts'
import type { HeaderLimits, HeaderSection } from './header-section.ts'
import { trimWhiteSpace, withoutComments } from './text.ts'

const LF = 0x0a
const CR = 0x0d

/** A value and the kind of names that it is one of: `rfc822; office@example.org`, `dns; mail.example.org`, `smtp; 550 no such user`. */
export interface TypedValue {
  /** In lower case: `rfc822`, `utf-8`, `dns`, `smtp`, `x400` … Empty when the writer left it out. */
  readonly type: string
  readonly value: string
}

/** The groups of fields, which empty lines divide. @throws LimitExceeded when one is larger than the limits. */
export function* fieldGroups(
  octets: Uint8Array,
  limits: Partial<HeaderLimits>,
): Generator<HeaderSection, void, undefined> {
  let start = 0
  for (let at = 0; at < octets.length;) {
    const lineFeed = octets.indexOf(LF, at)
    const next = lineFeed < 0 ? octets.length : lineFeed + 1
    const isEmptyLine = octets[at] === LF || (octets[at] === CR && octets[at + 1] === LF)
    if (isEmptyLine || next === octets.length) {
      const group = parseHeaderSection(octets.subarray(start, isEmptyLine ? at : next), limits)
      if (group.fields.length > 0) yield group
      start = next
    }
    at = next
  }
}

/** `type; value`, in the decoded text of a field. */
export function readTypedValue(text: string | undefined): TypedValue | undefined {
  if (text === undefined) return undefined
  const semicolon = text.indexOf(';')
  const type = trimWhiteSpace(withoutComments(text.slice(0, Math.max(semicolon, 0)))).toLowerCase()
  const value = trimWhiteSpace(text.slice(semicolon + 1))
  if (value === '') return undefined
  return { type, value: type === 'utf-8' ? decodeUnicodeEscapes(value) : value }
}

/** `\x{A0}` for what ASCII has no place for (RFC 6533 §3). */
function decodeUnicodeEscapes(text: string): string {
  return text.replaceAll(/\\x\{([0-9a-f]{2,6})\}/gi, (escape, digits: string) => {
    const codePoint = Number.parseInt(digits, 16)
    return codePoint <= 0x10_ffff ? String.fromCodePoint(codePoint).toWellFormed() : escape
  })
}

/** The first word, without comments and in lower case. */
export function readKeyword(text: string | undefined): string | undefined {
  return /[^\s;,]+/.exec(withoutComments(text ?? ''))?.[0].toLowerCase()
}

/** A date; `undefined` too when it is none. */
export function readDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : parseDateTime(text)
}

/** The same without what is `undefined`: a property that is not there is not there. */
export function withoutUndefined<Facts extends object>(
  facts: Facts,
): { [Name in keyof Facts]?: Exclude<Facts[Name], undefined> } {
  const present: { [Name in keyof Facts]?: Exclude<Facts[Name], undefined> } = {}
  for (const name in facts) {
    const value = facts[name]
    if (isDefined(value)) present[name] = value
  }
  return present
}

function isDefined<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined
}
