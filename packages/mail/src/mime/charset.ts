/**
 * Octets of a declared charset → text. The charsets are those of the WHATWG Encoding Standard, by all labels it knows and the
 * spellings that mail programs use beside them; and some that only mail still has: UTF-7, HZ, ISO-2022-KR, the code pages of DOS.
 */

import { charsetName } from './charset-label.ts'
import { createCodePageDecoder } from './code-page.ts'
import { KoreanDecoder } from './korean.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'
import { createShiftedDecoder } from './shifted-charset.ts'
import { Utf16Decoder } from './utf-16.ts'
import { Utf7Decoder } from './utf-7.ts'

export type { CharsetDecoder } from './own-decoder.ts'

/** What a decoding gave. */
export type DecodedText =
  | {
      readonly kind: 'decoded'
      readonly text: string
      /** Whether some octets were not text in this charset; they read as U+FFFD. */
      readonly isDamaged: boolean
    }
  | { readonly kind: 'unknown-charset'; readonly charset: string }

/** The labels of the WHATWG Encoding Standard for `euc-kr`. */
const KOREAN: ReadonlySet<string> = new Set([
  'euc-kr',
  'cseuckr',
  'csksc56011987',
  'iso-ir-149',
  'korean',
  'ks_c_5601-1987',
  'ks_c_5601-1989',
  'ksc5601',
  'ksc_5601',
  'windows-949',
])

/** Decoders without state between calls, by label as written. At most as many as there are labels and spellings of interest. */
const decoders = new Map<string, CharsetDecoder>()
/** A letter can't fill the memory with spellings of `utf-8`. */
const MAX_CACHED_LABELS = 256

/**
 * A decoder for a charset, or `undefined` when nobody here knows it. Keeps a byte order mark, so that text is returned as it was
 * written. Use one for one text when streaming.
 *
 * @param label As it stands in the letter: any case, quotes and white space around it tolerated.
 */
export function createTextDecoder(label: string): CharsetDecoder | undefined {
  return newDecoder(label, { isStrict: false })
}

function newDecoder(label: string, options: DecoderOptions): CharsetDecoder | undefined {
  const name = charsetName(label)
  if (name === 'utf-7') return new Utf7Decoder(options)
  if (name === 'utf-16') return new Utf16Decoder(options)
  if (KOREAN.has(name)) return new KoreanDecoder(options)
  const own = createCodePageDecoder(name, options) ?? createShiftedDecoder(name, options)
  if (own !== undefined) return own
  try {
    return new TextDecoder(name, { ignoreBOM: true, fatal: options.isStrict })
  } catch {
    return undefined
  }
}

/**
 * Decodes octets of a charset, UTF-8 when none is named. Never throws: what is not text in that charset reads as U+FFFD, and an
 * unknown charset is an answer of its own, because a guess would look like the real text.
 *
 * @example
 * ```ts
 * import { decodeText } from '@obmen/mail/mime'
 *
 * const decoded = decodeText(new Uint8Array([0xcf, 0xf0, 0xe8]), 'windows-1251')
 * console.log(decoded.kind === 'decoded' && decoded.text) // При
 * ```
 */
export function decodeText(octets: Uint8Array, charset = 'utf-8'): DecodedText {
  const decoder = cachedDecoder(charset)
  if (decoder === undefined) return { kind: 'unknown-charset', charset }
  const text = decoder.decode(octets)
  // Octets that spell U+FFFD are no damage: somebody quoted a damaged text.
  const isDamaged = text.includes('\ufffd') && !isTextIn(octets, charset)
  return { kind: 'decoded', text, isDamaged }
}

function isTextIn(octets: Uint8Array, charset: string): boolean {
  try {
    return newDecoder(charset, { isStrict: true })?.decode(octets) !== undefined
  } catch {
    return false
  }
}

function cachedDecoder(label: string): CharsetDecoder | undefined {
  const cached = decoders.get(label)
  if (cached !== undefined) return cached
  const decoder = createTextDecoder(label)
  if (decoder !== undefined && decoders.size < MAX_CACHED_LABELS) decoders.set(label, decoder)
  return decoder
}
