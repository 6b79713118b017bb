import { existsSync, readFileSync, statSync } from 'node:fs'

import type { Epoch } from '../plan/epoch.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { SentMessage } from '../plan/node-state.ts'
import { DeliveryDeferred, DeliveryRefused, DeliveryUnknown } from '../transport/errors.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { readContent } from './message-content.ts'
import { Spool } from './spool.ts'

/** A message that is recorded and has to be delivered. */
export interface Outgoing {
  readonly code: NodeCode
  readonly epoch: Epoch
  readonly message: SentMessage
}

/** Held in memory while its letters are sent. */
const SMALL_BODY_OCTETS = 256 * 1024

/** Every server has to take letters of this size (RFC 5321 §4.5.3.1.7). */
const SMALL_LETTER_OCTETS = 64 * 1024

/**
 * After so many conversations in a row that broke before the server said a word about a letter, nothing more is handed over. One alone may have been idle for too
 * long. A server that is away or silent takes minutes to be given up, and nodes may be hundreds.
 */
const BROKEN_CONVERSATIONS = 2

/** What became of a letter. */
export type Delivery =
  | { readonly kind: 'delivered' }
  /** Nobody has it, and as it is nobody ever will. */
  | { readonly kind: 'refused'; readonly error: DeliveryRefused }
  /** The same, because of its size: less goes. */
  | { readonly kind: 'too-large'; readonly error: DeliveryRefused }
  | { readonly kind: 'failed'; readonly error: Error }

/** Hands letters to the transport, several at a time. */
export class Outbox {
  readonly #context: ExchangeContext
  readonly #spool: Spool
  /** Why nothing is handed over any more: a login that is refused is not tried for each node, nor is a server that is away. */
  #failure: Error | undefined
  #brokenInARow = 0
  #small: { readonly name: string; readonly octets: Uint8Array } | undefined

  constructor(context: ExchangeContext) {
    this.#context = context
    this.#spool = new Spool(context.spoolFolder)
  }

  /** A body, or where it lies: a small one is read once, because opening a file for each letter takes longer than sending it. */
  #bodyOf(name: string): Uint8Array | string {
    const path = this.#spool.body(name)
    if (name === '') return path
    // It grows while there are nodes that need a part anew.
    const { size } = statSync(path)
    const { name: known, octets: before } = this.#small ?? {}
    if (known === name && before?.length === size) return before
    if (size > SMALL_BODY_OCTETS) return path
    const octets = readFileSync(path)
    this.#small = { name, octets }
    return octets
  }

  /** Whether all octets of a message are still there. */
  isWhole({ content }: SentMessage): boolean {
    if (content === undefined) return false
    return content.body === '' || existsSync(this.#spool.body(content.body))
  }

  /** Delivers letters of different nodes, all at once. */
  async deliverAll(letters: readonly Outgoing[]): Promise<readonly Delivery[]> {
    const deliveries = await Promise.all(letters.map((letter) => this.#deliver(letter)))
    const broken = deliveries.find(isBroken)
    if (broken === undefined || !deliveries.every(isBroken)) this.#brokenInARow = 0
    else {
      this.#brokenInARow += 1
      if (this.#brokenInARow >= BROKEN_CONVERSATIONS) this.#failure ??= broken.error
    }
    return deliveries
  }

  async #deliver(letter: Outgoing): Promise<Delivery> {
    if (this.#failure !== undefined) return { kind: 'failed', error: this.#failure }
    try {
      await this.#hand(letter)
      return { kind: 'delivered' }
    } catch (error) {
      if (this.#context.signal?.aborted === true || !(error instanceof Error)) throw error
      if (error instanceof DeliveryRefused) {
        const isTooLarge = error.isTooLarge && (await this.#isLarge(letter.message))
        return { kind: isTooLarge ? 'too-large' : 'refused', error }
      }
      if (!isOfOneLetter(error) && !isTransient(error)) this.#failure = error
      return { kind: 'failed', error }
    }
  }

  /** Servers say the same of a letter that is too large and of a mailbox that is full: a small letter was not refused for its size. */
  async #isLarge({ sizeOctets }: SentMessage): Promise<boolean> {
    const limitOctets = (await this.#context.transport.sizeLimit?.()) ?? SMALL_LETTER_OCTETS
    return sizeOctets * 2 > Math.min(limitOctets, SMALL_LETTER_OCTETS)
  }

  async #hand({ code, epoch, message }: Outgoing): Promise<void> {
    const { plan } = this.#context.store
    const { messageNo, uuid, baseNo, rowCount, sizeOctets, writtenAt, content } = message
    if (content === undefined) throw new TypeError('the message was delivered before')
    const body = this.#bodyOf(content.body)
    await this.#context.transport.deliver({
      name: { plan: plan.name, from: plan.thisNode, to: code, messageNo },
      hint: { epoch, uuid, baseNo },
      rowCount,
      sizeOctets,
      writtenAt,
      content: () => readContent(content, body),
    })
  }
}

/** Whether the server said nothing of a letter: it was not to be reached, or the conversation broke. */
function isBroken(delivery: Delivery): delivery is Delivery & { readonly kind: 'failed' } {
  return delivery.kind === 'failed' && !(delivery.error instanceof DeliveryDeferred)
}

function isOfOneLetter(error: Error): boolean {
  return error instanceof DeliveryDeferred || error instanceof DeliveryUnknown
}

/** What errors of every package say of themselves. */
export function isTransient(error: unknown): boolean {
  return error instanceof Error && 'transient' in error && error.transient === true
}
