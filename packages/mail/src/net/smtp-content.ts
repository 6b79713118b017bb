import { CanonicalLetter } from '../base/canonical-letter.ts'
import type { Content } from '../smtp/content.ts'
import { searchable } from './searchable.ts'
import type { SendOptions } from './smtp-client.ts'

/** What the options say of the content counts, and otherwise its own word on its form. */
export function contentOf(source: ContentSource, options: SendOptions): Content {
  const letter = source.canonicalLetter
  const { sizeOctets = letter?.sizeOctets, body, onProgress } = options
  const known = {
    source,
    ...(sizeOctets === undefined ? undefined : { sizeOctets }),
    ...(onProgress === undefined ? undefined : { onProgress }),
  }
  if (letter === undefined) return body === undefined ? known : { ...known, body }
  return {
    ...known,
    needsSmtpUtf8: letter.needsSmtpUtf8,
    // With octets that are all below 128 there is nothing to be declared, whatever the options allow.
    body: letter.body === '7BIT' ? letter.body : (body ?? letter.body),
    isCanonical: true,
    whole: () => source.whole(),
    begin: () => letter.begin(),
    lend: () => source.lend(),
  }
}

/** The content of one letter, and whether it was begun. */
export class ContentSource {
  /** The content, when its composer vouches for its form. */
  readonly canonicalLetter: CanonicalLetter | undefined
  readonly #content: AsyncIterable<Uint8Array> & Partial<AsyncDisposable>
  /** That of a letter of this package is made when it is needed: until then it holds nothing, and most are had as a whole. */
  #iterator: AsyncIterator<Uint8Array> | undefined
  #isBegun = false
  #isLent = false
  /** Ends the waiting for a piece; `undefined` when none is waited for. */
  #interrupt: ((reason: unknown) => void) | undefined

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content
    this.canonicalLetter = CanonicalLetter.is(content) ? content : undefined
    this.#iterator = this.canonicalLetter === undefined ? this.#begin() : undefined
  }

  /** All of the content, when there is nothing to wait for. */
  whole(): Uint8Array | undefined {
    const octets = this.canonicalLetter?.whole()
    return octets && searchable(octets)
  }

  /** Has pieces be good only until the next is asked for. */
  lend(): void {
    this.#isLent = true
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#isBegun = true
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>()
    const end = (): void => {
      this.#interrupt = undefined
    }
    this.#interrupt = reject
    this.#iterator ??= this.#begin()
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
    if (this.#iterator === undefined) return
    const ignore = (): void => undefined
    Promise.resolve()
      .then(() => this.#close())
      .then(ignore, ignore)
  }

  /** The iterator of a Node stream that was not begun leaves the stream open when it returns. */
  async #close(): Promise<void> {
    const dispose = this.#isBegun ? undefined : this.#content[Symbol.asyncDispose]
    if (dispose === undefined) await this.#iterator?.return?.()
    else await dispose.call(this.#content)
  }

  #begin(): AsyncIterator<Uint8Array> {
    const lender = this.#isLent ? this.canonicalLetter : undefined
    return lender?.lentPieces() ?? this.#content[Symbol.asyncIterator]()
  }
}
