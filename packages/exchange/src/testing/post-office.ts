import { formatFileName, type MessageFileName } from '../message/file-name.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import { DeliveryDeferred } from '../transport/errors.ts'
import type {
  Inbox,
  MessageHint,
  OutgoingMessage,
  Transport,
  WaitingMessage,
} from '../transport/transport.ts'

/** A letter in the {@link PostOffice}. */
export interface PostedLetter {
  readonly name: MessageFileName
  readonly hint: MessageHint
  readonly octets: Uint8Array
}

/** What the post does with a letter that is handed in: deliver it so many times (0: it is lost), or not take it. */
export type Fate =
  { readonly kind: 'deliver'; readonly copies: number } | { readonly kind: 'defer' }

/**
 * A mailbox that all nodes share, in memory: tests and simulations exchange through it without a mail server. The letters
 * are public, so a test may lose, double, reorder and damage them.
 */
export class PostOffice {
  letters: PostedLetter[] = []
  /** Decides on each letter as it is handed in. */
  onLetter: (letter: PostedLetter) => Fate = () => ({ kind: 'deliver', copies: 1 })

  /** The transport of one node. */
  transportFor(plan: ExchangePlan): Transport {
    return {
      deliver: (message) => this.#take(message),
      openInbox: () => Promise.resolve(this.#openInbox(plan)),
      close: () => Promise.resolve(),
    }
  }

  async #take(message: OutgoingMessage): Promise<void> {
    const pieces: Uint8Array[] = []
    for await (const piece of message.content()) pieces.push(piece)
    const letter = { name: message.name, hint: message.hint, octets: Buffer.concat(pieces) }
    const fate = this.onLetter(letter)
    if (fate.kind === 'defer') {
      throw new DeliveryDeferred(formatFileName(message.name), '452 4.2.2 mailbox full')
    }
    for (let copy = 0; copy < fate.copies; copy += 1) this.letters.push({ ...letter })
  }

  #openInbox(plan: ExchangePlan): Inbox {
    const waiting = new Map<WaitingMessage, PostedLetter>()
    for (const letter of this.letters) {
      const isOurs = letter.name.plan === plan.name && letter.name.to === plan.thisNode
      if (isOurs) waiting.set({ name: letter.name, hint: letter.hint }, letter)
    }
    return {
      waiting: () => Promise.resolve([...waiting.keys()]),
      fetch: async (message, sink) => {
        await sink(waiting.get(message)?.octets ?? new Uint8Array())
      },
      remove: (message) => {
        this.letters = this.letters.filter((letter) => letter !== waiting.get(message))
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
  }
}
