import { octetsOf } from '../base/octets.ts'
import { createTextDecoder } from '../mime/charset.ts'
import { IllegalArgumentException } from './exception.ts'

/** How many values an octet has. */
const OCTET_VALUES = 256

/**
 * A text in a charset: UTF-8, or one of those with one octet a character, such as windows-1251 and KOI8-R.
 *
 * @throws IllegalArgumentException for any other charset, and for a character that it doesn't have.
 */
export function encodeCharset(text: string, charset: string): Uint8Array {
  if (/^utf-?8$/i.test(charset)) return octetsOf(text)
  const codes = singleOctetCodes(charset)
  const octets = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) {
    const code = codes.get(text.charAt(at))
    if (code === undefined) {
      throw new IllegalArgumentException(`the text has a character that ${charset} does not have`)
    }
    octets[at] = code
  }
  return octets
}

/** The code of each character: the table of the decoder, turned round. */
function singleOctetCodes(charset: string): ReadonlyMap<string, number> {
  const decoder = createTextDecoder(charset)
  const characters = Array.from({ length: OCTET_VALUES }, (_, code) =>
    decoder?.decode(new Uint8Array([code])),
  )
  // In a charset of several octets a character, most of them are nothing alone.
  const isSingleOctet = characters.every((text) => text?.length === 1)
  const known = characters.filter((text) => text !== '\ufffd').length
  if (!isSingleOctet || known <= OCTET_VALUES / 2 || charset.toLowerCase().startsWith('utf')) {
    throw new IllegalArgumentException(
      `text is written in UTF-8 or a charset of one octet a character, and "${charset}" is neither`,
    )
  }
  return new Map(characters.map((text, code) => [text ?? '', code]))
}
