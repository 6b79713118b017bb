/** What a letter is, for who sends it: octets, and what is known of them before the first is made. */

/** What octets a letter has beyond short lines of ASCII, in the words of RFC 6152 and RFC 3030. */
export type LetterBody = '7BIT' | '8BITMIME' | 'BINARYMIME'

/**
 * A letter in canonical form (RFC 2049 §4), by the word of who composes it: lines end in CRLF, no CR or LF stands alone, no line is
 * longer than 998 octets, there is no NUL, and no octet above 127 unless {@link body} says so. Who sends it need not look. With `'BINARYMIME'` nothing
 * of this holds.
 *
 * Only this package extends it: the word is worth something because nobody else can give it.
 */
export abstract class CanonicalLetter implements AsyncIterable<Uint8Array> {
  readonly #isVouchedFor = true
  /** How many octets the letter has; `undefined` when an attachment's size isn't known. */
  abstract readonly sizeOctets: number | undefined
  abstract readonly body: LetterBody
  /** Whether its header section holds UTF-8, so that it needs a server with SMTPUTF8 (RFC 6531). */
  abstract readonly needsSmtpUtf8: boolean

  /** Whether something is such a letter. */
  static is(content: unknown): content is CanonicalLetter {
    const isObject = typeof content === 'object' && content !== null
    return isObject && #isVouchedFor in content && content.#isVouchedFor
  }

  /** All of its octets, when they are one array in memory already, so that nobody has to wait for them. Who sends them says so by {@link begin}. */
  whole(): Uint8Array | undefined {
    return undefined
  }

  /** Told before octets of {@link whole} leave, as iterating tells it by itself. */
  begin(): void {
    // A letter that can be sent any number of times need not know.
  }

  /**
   * The octets as iterating gives them, for who looks at no piece any more when he asks for the next: an array may be used again for what follows. Whether it is,
   * is the letter's affair.
   */
  lentPieces(): AsyncGenerator<Uint8Array, void, undefined> {
    return this[Symbol.asyncIterator]()
  }

  /** The octets, from the beginning, each time it is called. */
  abstract [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined>
}
