import { concatOctets, copyOctets, NO_OCTETS } from '../base/octets.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'

/**
 * UTF-16 whose octet order nothing but a mark at its beginning says (RFC 2781 §4.3): the higher octet is first where there is no mark. To the
 * platform `utf-16` is little-endian, whatever the mark says.
 */
export class Utf16Decoder implements CharsetDecoder {
  readonly #isStrict: boolean
  #held: Uint8Array = NO_OCTETS
  #decoder: TextDecoder | undefined

  constructor({ isStrict }: DecoderOptions) {
    this.#isStrict = isStrict
  }

  decode(octets: Uint8Array = NO_OCTETS, options: { stream?: boolean } = {}): string {
    const stream = options.stream === true
    const all = this.#held.length === 0 ? octets : concatOctets([this.#held, octets])
    this.#held = NO_OCTETS
    if (this.#decoder === undefined && all.length < 2 && stream) {
      this.#held = copyOctets(all)
      return ''
    }
    const isLittleEndian = all[0] === 0xff && all[1] === 0xfe
    this.#decoder ??= new TextDecoder(isLittleEndian ? 'utf-16le' : 'utf-16be', {
      ignoreBOM: true,
      fatal: this.#isStrict,
    })
    const text = this.#decoder.decode(all, { stream })
    if (!stream) this.#decoder = undefined
    return text
  }
}
