import { CanonicalLetter } from '../base/canonical-letter.ts'
import type { Content } from '../smtp/content.ts'
import { searchable } from './searchable.ts'
import type { SendOptions } from './smtp-client.ts'

/** What the options say of the content counts, and otherwise its own word on its form. */
export function contentOf(source: ContentSource, options: Omit<SendOptions, 'signal'>): Content {
  const letter = source.canonicalLetter
  if (letter === undefined) return { ...options, source }
  const { sizeOctets, body, needsSmtpUtf8 } = letter
  return {
    ...(sizeOctets === undefined ? {} : { sizeOctets }),
    needsSmtpUtf8,
    ...options,
    // With octets that are all below 128 there is nothing to be declared, whatever the options allow.
    body: body === '7BIT' ? body : (options.body ?? body),
    isCanonical: true,
    source,
    whole: () => {
      const octets = letter.whole()
      return octets && searchable(octets)
    },
  }
}

/** The content of one letter, and whether it was begun. */
export class ContentSource {
  /** The content, when its composer vouches for its form. */
  readonly canonicalLetter: CanonicalLetter | undefined
  readonly #content: AsyncIterable<Uint8Array> & Partial<AsyncDisposable>
  readonly #iterator: AsyncIterator<Uint8Array>
  #isBegun = false
  /** Ends the waiting for a piece; `undefined` when none is waited for. */
  #interrupt: ((reason: unknown) => void) | undefined

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content
    this.#iterator = content[Symbol.asyncIterator]()
    this.canonicalLetter = CanonicalLetter.is(content) ? content : undefined
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#isBegun = true
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>()
    const end = (): void => {
      this.#interrupt = undefined
    }
    this.#interrupt = reject
    this.#iterator.next().then(resolve, reject)
    promise.then(end, end)
    return promise
  }

  /** Has the piece fail that is waited for; `false` when none is. */
  interrupt(reason: unknown): boolean {
    this.#interrupt?.(reason)
    return this.#interrupt !== undefined
  }

  /**
   * Lets content that was not read to its end close its files. Not awaited: content that hangs must not hold up the error that made
   * it superfluous. After its end this does nothing.
   */
  release(): void {
    const ignore = (): void => undefined
    Promise.resolve()
      .then(() => this.#close())
      .then(ignore, ignore)
  }

  /** The iterator of a Node stream that was not begun leaves the stream open when it returns. */
  async #close(): Promise<void> {
    const dispose = this.#isBegun ? undefined : this.#content[Symbol.asyncDispose]
    if (dispose === undefined) await this.#iterator.return?.()
    else await dispose.call(this.#content)
  }
}
