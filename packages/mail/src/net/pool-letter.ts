import type { Envelope, SendingOutcome } from '../smtp/envelope.ts'
import { Aborted } from './errors.ts'
import type { SendOptions } from './smtp-client.ts'
import { trackContent, type TrackedContent } from './tracked-content.ts'

/** A letter on its way through a pool: it waits, is sent, perhaps waits and is sent again, and has one end. */
export class PoolLetter {
  readonly envelope: Envelope
  readonly options: SendOptions
  readonly content: TrackedContent
  /** How often a connection that had taken nothing before was lost with it. */
  attempts = 0
  /** The connection that it was on last had no turn for it. */
  isPassedOver = false
  readonly #end = Promise.withResolvers<SendingOutcome>()
  #isSettled = false

  constructor(envelope: Envelope, content: AsyncIterable<Uint8Array>, options: SendOptions) {
    this.envelope = envelope
    this.options = options
    this.content = trackContent(content)
  }

  get outcome(): Promise<SendingOutcome> {
    return this.#end.promise
  }

  /** Whether its content can be handed on again: it was not begun, or can be begun anew. */
  get isReadable(): boolean {
    const { isBegun, isWhole } = this.content
    return !isBegun || (isWhole && (this.options.mayRepeat?.() ?? true))
  }

  get isAborted(): boolean {
    return this.options.signal?.aborted === true
  }

  /** What its own signal ended it with. */
  get aborted(): Aborted {
    return new Aborted(this.options.signal?.reason)
  }

  resolve(outcome: SendingOutcome): void {
    if (this.#settle()) this.#end.resolve(outcome)
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#end.reject(error)
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    this.content.release()
    return true
  }
}
