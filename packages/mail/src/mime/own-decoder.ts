/** What the decoders of charsets have in common that the platform does not have. */

/** Decodes the octets of one text as they come. */
export interface CharsetDecoder {
  /** @param options `stream: true` for all but the last octets, so that a character may be cut in two. */
  decode(octets?: Uint8Array, options?: { stream?: boolean }): string
}

export interface DecoderOptions {
  /** Throw at what is not text in the charset, instead of reading it as U+FFFD. */
  readonly isStrict: boolean
}

/** What stands for octets that are no text. @throws TypeError when the decoder is strict. */
export function replacement({ isStrict }: DecoderOptions): string {
  if (isStrict) throw new TypeError('the octets are not text in this charset')
  return '\ufffd'
}
