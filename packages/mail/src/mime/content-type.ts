/** What a part says about itself: `Content-Type` (RFC 2045 §5), `Content-Disposition` (RFC 2183). */

import type { ReportDefect } from './defect.ts'
import { ignoreDefects } from './defect.ts'
import { parseParameterizedValue } from './parameter.ts'
import type { ParameterizedValue } from './parameter.ts'

/** The media type of a part, in lower case, and its parameters by name in lower case. */
export interface ContentType {
  /** `text/plain`. */
  readonly mediaType: string
  readonly parameters: ReadonlyMap<string, string>
}

/** How a part wants to be shown, with its parameters. */
export interface ContentDisposition {
  /** `attachment`, `inline`, or a word nobody knows, which means `attachment` (RFC 2183 §2.8). */
  readonly disposition: string
  readonly parameters: ReadonlyMap<string, string>
}

/** `type/subtype`, both tokens. */
export const MEDIA_TYPE: RegExp = /^[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+\/[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+$/

/** RFC 2045 §5.2: what a part is that doesn't say. */
const DEFAULT_MEDIA_TYPE = 'text/plain'

/**
 * Reads a `Content-Type` from its undecoded body. One that is no media type counts as absent (RFC 2045 §5.2), its parameters still
 * count: a file name in it is a file name.
 *
 * @param body `undefined` when the part has no such field.
 */
export function parseContentType(
  body: string | undefined,
  report: ReportDefect = ignoreDefects,
): ContentType {
  if (body === undefined) return { mediaType: DEFAULT_MEDIA_TYPE, parameters: new Map() }
  const { value: written, parameters } = parseParameterizedValue(body, report)
  // White space may stand around the slash (RFC 822 §3.1.4, which RFC 2045 §5.1 builds on).
  const value = written.replaceAll(/[ \t]/g, '')
  if (MEDIA_TYPE.test(value)) return { mediaType: value, parameters }
  report('malformed-content-type', body)
  return { mediaType: DEFAULT_MEDIA_TYPE, parameters }
}

/** Reads a `Content-Disposition` from its undecoded body. */
export function parseContentDisposition(
  body: string,
  report: ReportDefect = ignoreDefects,
): ContentDisposition {
  const { value, parameters }: ParameterizedValue = parseParameterizedValue(body, report)
  return { disposition: value, parameters }
}
