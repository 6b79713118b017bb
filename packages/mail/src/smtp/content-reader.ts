import { assert } from '../base/assert.ts'
import { MailError } from '../base/mail-error.ts'
import { NO_OCTETS } from '../base/octets.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { Demand, Dialog } from '../wire/dialog.ts'
import type { ContentForm } from './content-form.ts'
import type { Content } from './content.ts'
import { SmtpSizeExceeded } from './errors.ts'
import type { Pipeline } from './pipeline.ts'
import type { Transaction } from './transaction.ts'

/**
 * How long a source may take before what is held back for company is sent without it, and the replies that are owed are received: so nobody waits
 * for a letter that is behind his own. Longer than reading a piece of a file takes, shorter than a round trip over any distance.
 */
const SOURCE_PATIENCE_MS = 5

interface Surroundings {
  readonly form: ContentForm
  readonly pipeline: Pipeline
  readonly deadlines: Deadlines
  readonly transaction: Transaction
  /** The octets that the server takes, if it says so. */
  readonly sizeLimit: number | undefined
}

/** The content of one letter, in the form in which it travels, block by block. */
export class ContentReader {
  readonly #form: ContentForm
  readonly #content: Content
  readonly #pipeline: Pipeline
  readonly #transaction: Transaction
  readonly #timeoutMs: number
  readonly #sizeLimit: number
  #piece: Uint8Array = NO_OCTETS
  #octets = 0
  #isBegun = false
  /** What was taken was all of it. */
  #isWhole = false
  /** The form of all of it, made before anybody asked. */
  #prepared: Uint8Array | undefined
  #hasFailed = false

  constructor(
    content: Content,
    { form, pipeline, deadlines, transaction, sizeLimit = Number.POSITIVE_INFINITY }: Surroundings,
  ) {
    this.#form = form
    this.#content = content
    this.#pipeline = pipeline
    this.#transaction = transaction
    this.#timeoutMs = deadlines.contentMs
    this.#sizeLimit = sizeLimit
  }

  /** Whether a block is good only until the next is asked for: who gets it copies it or puts it into the pipeline as lent. */
  get isLent(): boolean {
    return !this.#isWhole && this.#content.lend !== undefined
  }

  /** Whether what {@link next} has thrown is a matter of this letter alone. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** Makes the form of content that is in memory and no larger, in time that is left: before it is known whether the server wants it. */
  prepare(maxOctets: number): void {
    const octets = this.#content.whole?.()
    if (octets === undefined || octets.length > Math.min(maxOctets, this.#sizeLimit)) return
    this.#isWhole = true
    this.#octets = octets.length
    this.#prepared = this.#form.push(octets)
  }

  /**
   * The next block, of about so many octets at most; `null` at the end, or when everybody has been refused.
   *
   * @throws SmtpContentInvalid, SmtpSizeExceeded, RangeError, and whatever the source throws.
   */
  *next(maxOctets: number): Dialog<Uint8Array | null> {
    const prepared = this.#takePrepared()
    if (prepared !== undefined) return prepared
    while (this.#piece.length === 0) {
      const piece = this.#isWhole ? null : (this.#takeWhole() ?? (yield* this.#pull()))
      if (piece === null) return this.#endSource()
      this.#piece = piece
    }
    const piece = this.#piece
    const isLarger = piece.length > maxOctets
    const block = isLarger ? piece.subarray(0, maxOctets) : piece
    this.#piece = isLarger ? piece.subarray(maxOctets) : NO_OCTETS
    return this.#attempt(() => {
      this.#count(block.length)
      return this.#form.push(block)
    })
  }

  /** What is sent after the last block. Throws as {@link next}. */
  end(): Uint8Array {
    return this.#attempt(() => this.#form.end())
  }

  /** Lets the sender know how much has left, once what was given so far has. */
  report(): void {
    const { onProgress } = this.#content
    const octets = this.#octets
    if (onProgress === undefined) return
    this.#pipeline.notify(() => {
      try {
        onProgress(octets)
      } catch {
        // What becomes of a letter, and of those that travel with it, must not depend on who watches.
      }
    })
  }

  /** A size that was declared has been looked at before. */
  #count(octets: number): void {
    this.#octets += octets
    if (this.#octets <= this.#sizeLimit || this.#content.sizeOctets !== undefined) return
    throw new SmtpSizeExceeded(this.#octets, this.#sizeLimit, { isBegun: true })
  }

  #endSource(): null {
    if (this.#transaction.isRefused) return null
    const { sizeOctets } = this.#content
    return this.#attempt(() => {
      if (sizeOctets === undefined || sizeOctets === this.#octets) return null
      throw new RangeError(
        `sizeOctets is ${sizeOctets}, but the content had ${this.#octets} octets: it was not sent to its end`,
      )
    })
  }

  #takePrepared(): Uint8Array | undefined {
    const prepared = this.#prepared
    if (prepared === undefined) return undefined
    this.#prepared = undefined
    this.#content.begin?.()
    return prepared
  }

  /** All of the content, when there is nothing to wait for. Only asked for before the source is. */
  #takeWhole(): Uint8Array | undefined {
    const octets = this.#isBegun ? undefined : this.#content.whole?.()
    this.#isBegun = true
    this.#isWhole = octets !== undefined
    if (this.#isWhole) this.#content.begin?.()
    else if (this.isLent) this.#content.lend?.()
    return octets
  }

  *#pull(): Dialog<Uint8Array | null> {
    yield* this.#pipeline.giveBack()
    const { source } = this.#content
    const timeoutMs = this.#timeoutMs
    const early = yield* this.#demand({
      kind: 'pull',
      source,
      timeoutMs,
      patienceMs: SOURCE_PATIENCE_MS,
    })
    if (early !== undefined) return early
    yield* this.#pipeline.settle()
    if (this.#transaction.isRefused) return null
    const piece = yield* this.#demand({ kind: 'pull', source, timeoutMs })
    assert(piece !== undefined, 'a pull demand without patience is answered with octets or null')
    return piece
  }

  /** When there is no piece because the connection has ended meanwhile, the server may have said why. */
  *#demand(demand: Demand & { readonly kind: 'pull' }): Dialog<Uint8Array | null | undefined> {
    try {
      return yield demand
    } catch (failure) {
      try {
        yield* this.#pipeline.hear()
      } catch (error) {
        throw this.#pipeline.isOver || !(error instanceof MailError) ? error : failure
      }
      this.#hasFailed = true
      throw failure
    }
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      this.#hasFailed = true
      throw error
    }
  }
}
