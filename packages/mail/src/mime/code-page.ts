import { NO_OCTETS } from '../base/octets.ts'
import { UPPER_HALVES } from './code-page-tables.ts'
import { replacement } from './own-decoder.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'

const NO_CHARACTER = '\ufffd'

/** A decoder for a charset of one octet a character, ASCII in its lower half; `undefined` when there is no table of it. */
export function createCodePageDecoder(
  name: string,
  options: DecoderOptions,
): CharsetDecoder | undefined {
  const upperHalf = UPPER_HALVES.get(name)
  if (upperHalf === undefined) return undefined
  return {
    decode(octets: Uint8Array = NO_OCTETS): string {
      let text = ''
      for (const octet of octets) {
        const character = octet < 0x80 ? String.fromCharCode(octet) : upperHalf.charAt(octet - 0x80)
        text += character === NO_CHARACTER ? replacement(options) : character
      }
      return text
    },
  }
}
