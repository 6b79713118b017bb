import type { HeaderField } from '../mime/message.ts'
import { append } from './append.ts'
import { IllegalArgumentException } from './exception.ts'
import type { LetterFields } from './letter-fields.ts'
import type { StructuredField } from './structured-field.ts'
import { STRUCTURED_FIELDS } from './structured-fields.ts'
import { quoted } from './quoted.ts'

/** One value of a header field, or several. */
export type HeaderValue = number | string | readonly (number | string)[]

/** `ftext` of RFC 5322 §3.6.8: printable ASCII but the colon. */
const FIELD_NAME = /^[!-9;-~]+$/

/** Everything but the tab: CR and LF would begin another field. */
const CONTROL = /[^\P{Cc}\t]/u

/**
 * Adds values to those that a field has. A field with a property becomes that property; one that a letter has only once must not be there yet.
 *
 * @throws IllegalArgumentException, EmailAddressException when the name or a value can't be one.
 */
export function addHeader(fields: LetterFields, name: string, value: HeaderValue): void {
  const values = readValues(name, value)
  const structured = structuredField(name)
  if (structured?.add !== undefined) structured.add(fields, values)
  else if (structured !== undefined) {
    setStructured(fields, name, [...structured.get(fields), ...values])
  } else {
    append(
      fields.others,
      values.map((text) => ({ name, value: text })),
    )
  }
}

/** Replaces the values that a field has, where the first of them stood. As {@link addHeader} otherwise. */
export function setHeader(fields: LetterFields, name: string, value: HeaderValue): void {
  const values = readValues(name, value)
  if (structuredField(name) !== undefined) {
    setStructured(fields, name, values)
    return
  }
  const at = fields.others.findIndex((field) => isNamed(field, name))
  const others = fields.others.filter((field) => !isNamed(field, name))
  const set = values.map((text) => ({ name, value: text }))
  fields.others = at < 0 ? [...others, ...set] : others.toSpliced(at, 0, ...set)
}

/** Removes all values of a field; nothing happens when there are none. */
export function removeHeader(fields: LetterFields, name: string): void {
  const structured = STRUCTURED_FIELDS.get(name.toLowerCase())
  if (structured !== undefined) structured.set(fields, [])
  else fields.others = fields.others.filter((field) => !isNamed(field, name))
}

/** All values of a field, in their order. */
export function allHeaders(fields: LetterFields, name: string): readonly string[] {
  const lowerCaseName = name.toLowerCase()
  const structured = STRUCTURED_FIELDS.get(lowerCaseName)
  if (structured !== undefined) return structured.get(fields)
  if (lowerCaseName === 'content-type' && fields.contentType !== undefined) {
    return [fields.contentType]
  }
  return fields.others.filter((field) => isNamed(field, name)).map(({ value }) => value)
}

/** A text, or nothing, which is `null` in what comes from elsewhere. @throws IllegalArgumentException when it is no text of one line. */
export function readOneLine(what: string, text: string | null | undefined): string | undefined {
  if (text === undefined || text === null) return undefined
  checkOneLine(what, text)
  return text
}

/** @throws IllegalArgumentException when it is no text, or has more than one line. */
export function checkOneLine(what: string, text: unknown): void {
  if (typeof text !== 'string') {
    throw new IllegalArgumentException(`${what} was refused: it is no text`)
  }
  if (!CONTROL.test(text)) return
  throw new IllegalArgumentException(`${what} was refused: it holds a control character`)
}

function structuredField(name: string): StructuredField | undefined {
  const lowerCaseName = name.toLowerCase()
  if (lowerCaseName === 'resent-bcc') {
    throw new IllegalArgumentException(
      'the header Resent-Bcc was refused: it would show whom it was to be hidden from',
    )
  }
  if (lowerCaseName === 'mime-version' || lowerCaseName.startsWith('content-')) {
    throw new IllegalArgumentException(
      `the header ${name} was refused: it follows from what the letter is made of`,
    )
  }
  return STRUCTURED_FIELDS.get(lowerCaseName)
}

function setStructured(fields: LetterFields, name: string, values: readonly string[]): void {
  const structured = structuredField(name)
  if (structured?.isSingle === true && values.length > 1) {
    throw new IllegalArgumentException(
      `the header ${name} was refused: a letter has it once at most; setHeader replaces it`,
    )
  }
  structured?.set(fields, values)
}

function readValues(name: string, value: HeaderValue): readonly string[] {
  if (!FIELD_NAME.test(name)) {
    throw new IllegalArgumentException(`${quoted(name)} can't be the name of a header`)
  }
  const given = typeof value === 'string' || typeof value === 'number' ? [value] : value
  const values = given.map(String)
  for (const text of values) checkOneLine(`the header ${name}`, text)
  return values
}

function isNamed(field: HeaderField, name: string): boolean {
  return field.name.toLowerCase() === name.toLowerCase()
}
