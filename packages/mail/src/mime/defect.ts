/**
 * What can be wrong with a letter that is read all the same. A reader that threw at the first of these could not read half of
 * the world's mail; one that kept silent would hide that an attachment is damaged.
 */
export const DEFECT_KINDS = [
  /** A line that is neither a field nor the continuation of one; it was passed over. */
  'malformed-header-line',
  /** A letter that begins with an empty line, or with a line that is no field; in the latter case all of it is its text. */
  'missing-header-section',
  /** A control character in a field; it reads as U+FFFD. */
  'control-character',
  /** An encoded-word whose digits are damaged; what could be decoded was. */
  'damaged-encoded-word',
  /** Octets that are not text in the charset they claim; they read as U+FFFD. */
  'damaged-text',
  /** A charset nobody here knows; an encoded-word stays as it is written. */
  'unknown-charset',
  /** An entry of an address field that breaks RFC 5322; what looked like an address in it was read. */
  'malformed-address',
  /** A parameter that breaks RFC 2045 or RFC 2231; it was read as well as it could be. */
  'malformed-parameter',
  /** A `Content-Type` that says nothing; the part was taken for what it would be without one. */
  'malformed-content-type',
  /** A multipart without a boundary; it was delivered as one part. */
  'missing-boundary',
  /** A multipart that no delimiter ended: the letter was cut off, or a part of it. */
  'missing-closing-delimiter',
  /** A part whose header section no empty line ended. */
  'unfinished-header-section',
  /** A transfer encoding nobody here knows; the octets were delivered as they came. */
  'unknown-transfer-encoding',
  /** A multipart with a transfer encoding other than 7bit, 8bit and binary; it was ignored (RFC 2045 §6.4). */
  'encoded-multipart',
  /** Base64 with foreign characters, or padding in its middle, or digits missing at its end. */
  'damaged-base64',
  /** Quoted-printable with `=` before something that is no code. */
  'damaged-quoted-printable',
] as const

export type DefectKind = (typeof DEFECT_KINDS)[number]

/** One thing that is wrong with a letter, and where. */
export interface Defect {
  readonly kind: DefectKind
  /** The words in question, escaped and shortened. Empty when the kind says all. */
  readonly detail: string
}

/** Takes note of a defect. */
export type ReportDefect = (kind: DefectKind, detail: string) => void

/** For callers who don't want to know. */
export const ignoreDefects: ReportDefect = () => undefined
