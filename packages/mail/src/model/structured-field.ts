import { IllegalArgumentException } from './exception.ts'
import type { LetterFields } from './letter-fields.ts'
import { quoted } from './quoted.ts'

/** A header field that is a property as well: the property holds the value, and the field is its text. */
export interface StructuredField {
  /** Whether the letter has it once at most (RFC 5322 §3.6), and each value is the whole of it. */
  readonly isSingle: boolean
  get(fields: LetterFields): readonly string[]
  /** @throws IllegalArgumentException, EmailAddressException when a value can't be one. */
  set(fields: LetterFields, values: readonly string[]): void
  /** Adds values to those that are there, without reading these again. */
  add?(fields: LetterFields, values: readonly string[]): void
}

/** A value that a field can't have. */
export function unfit(field: string, value: string): IllegalArgumentException {
  return new IllegalArgumentException(`${quoted(value)} can't be the value of the ${field} field`)
}
