const REPLACEMENT = '********'

/**
 * A password or token that can't slip out: printing, logging, inspecting and serialising it all give
 * `********`. Only {@link reveal} gives the text, so every place that does can be found by that word.
 *
 * @example
 * ```ts
 * import { Secret } from '@obmen/mail/smtp'
 *
 * const password = new Secret('tanstaaf')
 * console.log(`${password}`) // ********
 * ```
 */
export class Secret {
  // A private field is also what keeps the text out of `util.inspect` and so out of `console.log`.
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: for the octets that go to the server, and for nothing else. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return REPLACEMENT
  }

  toJSON(): string {
    return REPLACEMENT
  }
}
