import { CanonicalLetter, type LetterBody } from '../base/canonical-letter.ts'

/** Content that is handed on, and knows whether anybody has asked for the first piece of it. */
export interface TrackedContent extends AsyncIterable<Uint8Array> {
  readonly isBegun: boolean
  /** Lets content that was never begun close its files. */
  release(): void
}

/** Wraps content; a letter in canonical form stays one. Before it is begun it can be given up and iterated anew. */
export function trackContent(content: AsyncIterable<Uint8Array>): TrackedContent {
  return CanonicalLetter.is(content) ? new TrackedLetter(content) : new TrackedOctets(content)
}

class TrackedOctets implements TrackedContent {
  readonly #cursor: ContentCursor

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#cursor = new ContentCursor(content)
  }

  get isBegun(): boolean {
    return this.#cursor.isBegun
  }

  release(): void {
    this.#cursor.release()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#cursor
  }
}

class TrackedLetter extends CanonicalLetter implements TrackedContent {
  readonly #letter: CanonicalLetter
  readonly #cursor: ContentCursor

  constructor(letter: CanonicalLetter) {
    super()
    this.#letter = letter
    this.#cursor = new ContentCursor(letter)
  }

  get isBegun(): boolean {
    return this.#cursor.isBegun
  }

  get sizeOctets(): number | undefined {
    return this.#letter.sizeOctets
  }

  get body(): LetterBody {
    return this.#letter.body
  }

  get needsSmtpUtf8(): boolean {
    return this.#letter.needsSmtpUtf8
  }

  release(): void {
    this.#cursor.release()
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#cursor
  }
}

/** The iterator of content; as long as nothing was asked of it, closing it has no effect, so that it can be handed on again. */
class ContentCursor implements AsyncGenerator<Uint8Array, void, undefined> {
  readonly #content: AsyncIterable<Uint8Array> & Partial<AsyncDisposable>
  #iterator: AsyncIterator<Uint8Array> | undefined

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content
  }

  get isBegun(): boolean {
    return this.#iterator !== undefined
  }

  async next(): Promise<IteratorResult<Uint8Array, void>> {
    this.#iterator ??= this.#content[Symbol.asyncIterator]()
    const { done, value } = await this.#iterator.next()
    return done === true ? { done, value: undefined } : { done: false, value }
  }

  async return(): Promise<IteratorResult<Uint8Array, void>> {
    await this.#iterator?.return?.()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<Uint8Array, void>> {
    await this.return()
    throw error
  }

  /** What goes wrong here concerns nobody: the letter has its outcome. */
  release(): void {
    if (this.isBegun) return
    const ignore = (): void => undefined
    Promise.resolve()
      .then(() => this.#discard())
      .then(ignore, ignore)
  }

  async #discard(): Promise<void> {
    const dispose = this.#content[Symbol.asyncDispose]
    if (dispose === undefined) await this.#content[Symbol.asyncIterator]().return?.()
    else await dispose.call(this.#content)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
