import type { LetterBody } from '../base/canonical-letter.ts'
import type { OctetSource } from '../wire/dialog.ts'

/** The letter itself, and what is known of it beforehand. */
export interface Content {
  readonly source: OctetSource
  /** Gives all that the source would give, when it is in memory and needs not be waited for. The source is not asked then, but {@link begin} is called. */
  readonly whole?: () => Uint8Array | undefined
  /** Called before octets of {@link whole} leave. */
  readonly begin?: () => void
  /**
   * Has the source use its arrays again: called before the first piece is asked for, by who looks at no piece any more when he asks for the next. Where it is missing, pieces
   * stay as they are.
   */
  readonly lend?: () => void
  /** How many octets the source will give, as it gives them, if that is known (RFC 1870 §3). */
  readonly sizeOctets?: number
  /** What octets it may have: RFC 6152, RFC 3030. Without it, seven bits. */
  readonly body?: LetterBody
  /** Its header section holds UTF-8 (RFC 6531). */
  readonly needsSmtpUtf8?: boolean
  /** Who composed it has vouched for its form, so that nobody needs to look. */
  readonly isCanonical?: boolean
  /** Called with the number of octets of the source that have been handed to the connection so far. What it throws is ignored. */
  readonly onProgress?: (sentOctets: number) => void
}
