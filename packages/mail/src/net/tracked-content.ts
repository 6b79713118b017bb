import { CanonicalLetter, type LetterBody } from '../base/canonical-letter.ts'

/** Content that is handed on, and knows whether anybody has asked for the first piece of it. */
export interface TrackedContent extends AsyncIterable<Uint8Array> {
  readonly isBegun: boolean
  /** Whether it can be handed on again and is then whole: it was not begun, or its composer can begin it anew. */
  readonly isWhole: boolean
  /** Lets content that was never begun close its files. */
  release(): void
}

/** Wraps content; a letter in canonical form stays one. */
export function trackContent(content: AsyncIterable<Uint8Array>): TrackedContent {
  return CanonicalLetter.is(content) ? new TrackedLetter(content) : new TrackedOctets(content)
}

class TrackedOctets implements TrackedContent {
  readonly #begin: ContentBegin

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#begin = new ContentBegin(content)
  }

  get isBegun(): boolean {
    return this.#begin.isBegun
  }

  get isWhole(): boolean {
    return !this.isBegun
  }

  release(): void {
    this.#begin.release()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return new ContentCursor(() => this.#begin.begin())
  }
}

class TrackedLetter extends CanonicalLetter implements TrackedContent {
  readonly #letter: CanonicalLetter
  readonly #begin: ContentBegin
  readonly isWhole = true

  constructor(letter: CanonicalLetter) {
    super()
    this.#letter = letter
    this.#begin = new ContentBegin(letter)
  }

  get isBegun(): boolean {
    return this.#begin.isBegun
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

  override whole(): Uint8Array | undefined {
    return this.#letter.whole()
  }

  override begin(): void {
    this.#begin.isBegun = true
  }

  release(): void {
    this.#begin.release()
  }

  override lentPieces(): AsyncGenerator<Uint8Array, void, undefined> {
    return new ContentCursor(() => {
      this.begin()
      return this.#letter.lentPieces()
    })
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return new ContentCursor(() => this.#begin.begin())
  }
}

/** Content, and whether it was ever begun. */
class ContentBegin {
  readonly #content: AsyncIterable<Uint8Array> & Partial<AsyncDisposable>
  isBegun = false

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content
  }

  begin(): AsyncIterator<Uint8Array> {
    this.isBegun = true
    return this.#content[Symbol.asyncIterator]()
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
}

/** An iterator that begins content with the first piece it is asked for: closing one of which nothing was asked has no effect. */
class ContentCursor implements AsyncGenerator<Uint8Array, void, undefined> {
  readonly #begin: () => AsyncIterator<Uint8Array>
  #iterator: AsyncIterator<Uint8Array> | undefined

  constructor(begin: () => AsyncIterator<Uint8Array>) {
    this.#begin = begin
  }

  async next(): Promise<IteratorResult<Uint8Array, void>> {
    this.#iterator ??= this.#begin()
    const step = await this.#iterator.next()
    return step.done === true ? { done: true, value: undefined } : step
  }

  async return(): Promise<IteratorResult<Uint8Array, void>> {
    await this.#iterator?.return?.()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<Uint8Array, void>> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
