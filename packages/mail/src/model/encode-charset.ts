import { createTextDecoder } from '../mime/charset.ts'
import { IllegalArgumentException } from './exception.ts'
import { quoted } from './quoted.ts'

/** The families of such charsets that the WHATWG Encoding Standard has. */
const SINGLE_OCTET = /^(?:windows-?|win-?|cp-?|ibm)\d+$|^(?:iso-?8859|koi8|macintosh|x-mac)/i

/** How many values an octet has. */
const OCTET_VALUES = 256

/**
 * A text in a charset of one octet a character, such as windows-1251 and KOI8-R.
 *
 * @throws IllegalArgumentException for any other charset, and for a character that it doesn't have.
 */
export function encodeCharset(text: string, charset: string): Uint8Array {
  const codes = singleOctetCodes(charset)
  const octets = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = codes.get(text.charAt(at))
    if (code === undefined) {
      throw new IllegalArgumentException(
        `the text has a character that ${quoted(charset)} does not have`,
      )
    }
    octets[at] = code
  }
  return octets
}

/** The code of each character: the table of the decoder, turned round. */
function singleOctetCodes(charset: string): ReadonlyMap<string, number> {
  const decoder = SINGLE_OCTET.test(charset) ? createTextDecoder(charset) : undefined
  if (decoder === undefined) {
    throw new IllegalArgumentException(
      `text is written in UTF-8 or a charset of one octet a character, and ${quoted(charset)} is neither`,
    )
  }
  return new Map(
    Array.from({ length: OCTET_VALUES }, (_, code) => [
      decoder.decode(new Uint8Array([code])),
      code,
    ]),
  )
}

export function isUtf8(charset: string): boolean {
  return /^utf-?8$/i.test(charset)
}
