import { Buffer } from 'node:buffer'

import {
  type ExchangePlan,
  formatFileName,
  type Inbox,
  type OutgoingMessage,
  type Transport,
  type WaitingMessage,
} from '@obmen/exchange'
import { DeliveryDeferred, DeliveryRefused, DeliveryUnknown } from '@obmen/exchange/errors'

import { type LetterContent, readLetter } from '../model/letter-rows.ts'
import type { Gate } from '../site/gate.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Fate } from '../world/step.ts'
import { damage } from './damage.ts'
import type { Letter, Mailbox } from './mailbox.ts'

export interface TransportOptions {
  readonly plan: ExchangePlan
  readonly shape: WorldShape
  readonly mailbox: Mailbox
  readonly gate: Gate
  readonly nowMs: () => number
  /** What becomes of the next letter. */
  readonly nextFate: () => Fate
  readonly onPosted: (message: OutgoingMessage, content: LetterContent) => void
  readonly onFetched: (letter: Letter) => void
  readonly onRemoved: (letter: Letter) => void
}

/** How one node reaches the mailbox: a transport of which any call may fail, and any letter come to harm. */
export function simTransport(options: TransportOptions): Transport {
  const { gate } = options
  return {
    deliver: (message) => gate.at('deliver', () => deliver(message, options)),
    openInbox: () => gate.at('open inbox', () => openInbox(options)),
    close: () => Promise.resolve(),
  }
}

async function deliver(message: OutgoingMessage, options: TransportOptions): Promise<void> {
  const { mailbox, nowMs } = options
  const pieces: Uint8Array[] = []
  for await (const piece of message.content()) pieces.push(piece)
  const octets = Buffer.concat(pieces)
  const name = formatFileName(message.name)
  const fate = options.nextFate()
  if (nowMs() < mailbox.refusesUntilMs) throw new DeliveryDeferred(name, '451 4.3.2 try again')
  if (mailbox.letters.length >= mailbox.capacity) {
    throw new DeliveryDeferred(name, '452 4.2.2 mailbox full')
  }
  if (fate.verdict === 'deferred') throw new DeliveryDeferred(name, '450 4.7.1 greylisted')
  if (fate.verdict === 'refused') throw new DeliveryRefused(name, '554 5.7.1 no')
  mailbox.posted += 1
  const tables = options.shape.tables.map((table) => table.name)
  const content = readLetter(octets, tables)
  options.onPosted(message, content)
  const posted = { octets, content, fate }
  if (fate.verdict !== 'unknown, lost') mailbox.add(lettersOf(message, posted, nowMs()))
  if (fate.verdict !== 'taken') throw new DeliveryUnknown(name)
}

function lettersOf(
  { name, hint }: OutgoingMessage,
  { octets, content, fate }: Posted,
  nowMs: number,
): Letter[] {
  const isWhole = fate.damage === 'none'
  return fate.delaysMs.map((delayMs) => ({
    name,
    hint: fate.hint === 'kept' ? hint : undefined,
    octets: damage(octets, fate.damage),
    arrivesAtMs: nowMs + delayMs,
    content: isWhole ? content : undefined,
    isFalse: !isWhole,
    isTooNew: false,
  }))
}

interface Posted {
  readonly octets: Uint8Array
  readonly content: LetterContent
  readonly fate: Fate
}

function openInbox(options: TransportOptions): Inbox {
  const { gate, mailbox, shape, plan } = options
  const waiting = new Map<WaitingMessage, Letter>()
  const removed = new Set<Letter>()
  const letterOf = (message: WaitingMessage): Letter => {
    const letter = waiting.get(message)
    if (letter === undefined) throw new TypeError('the message is not of this inbox')
    return letter
  }
  return {
    waiting: () =>
      gate.at('look', () => {
        for (const letter of mailbox.here(options.nowMs())) {
          const { name, hint } = letter
          const isOurs = name.plan === plan.name && name.to === plan.thisNode
          if (isOurs) waiting.set({ name, ...(hint && { hint }) }, letter)
        }
        return [...waiting.keys()]
      }),
    fetch: (message, sink) =>
      gate.at('fetch', async () => {
        const letter = letterOf(message)
        options.onFetched(letter)
        const half = letter.octets.length >> 1
        await sink(letter.octets.subarray(0, half))
        await gate.at('fetch on', () => sink(letter.octets.subarray(half)))
      }),
    remove: (message) =>
      gate.at('remove', () => {
        const letter = letterOf(message)
        options.onRemoved(letter)
        removed.add(letter)
        if (shape.removal === 'at once') mailbox.remove(removed)
      }),
    close: () => gate.at('quit', () => mailbox.remove(removed)),
  }
}
