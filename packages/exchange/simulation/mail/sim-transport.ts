import { Buffer } from 'node:buffer'

import {
  type ExchangePlan,
  formatFileName,
  type OutgoingMessage,
  SUBJECT_PREFIX,
  type Transport,
} from '@obmen/exchange'
import { DeliveryDeferred, DeliveryRefused, DeliveryUnknown } from '@obmen/exchange/errors'
import type { ForeignLetterMemory } from '@obmen/exchange/mail'

import { MailInbox } from '../../src/transport/mail-inbox.ts'
import { type LetterContent, readLetter } from '../model/letter-rows.ts'
import type { Gate } from '../site/gate.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Fate } from '../world/step.ts'
import { composeMessageLetter, withoutMark } from './compose.ts'
import { damage } from './damage.ts'
import type { Letter, Mailbox } from './mailbox.ts'
import { SimLetterBox } from './sim-letter-box.ts'

export interface TransportOptions {
  readonly plan: ExchangePlan
  readonly shape: WorldShape
  readonly mailbox: Mailbox
  readonly foreignLetters: ForeignLetterMemory
  readonly gate: Gate
  readonly nowMs: () => number
  /** What becomes of the next letter. */
  readonly nextFate: () => Fate
  readonly onPosted: (message: OutgoingMessage, content: LetterContent) => void
  readonly onFetched: (letter: Letter) => void
  readonly onRemoved: (letter: Letter) => void
}

/**
 * How one node reaches the mailbox: letters as the engine writes and picks them, in place of mail servers a mailbox in memory, of which any call may fail, and any letter come to
 * harm.
 */
export function simTransport(options: TransportOptions): Transport {
  const { gate, plan, foreignLetters } = options
  return {
    deliver: (message) => gate.at('deliver', () => deliver(message, options)),
    openInbox: () =>
      gate.at('open inbox', () => {
        const settings = { plan, subjectPrefix: SUBJECT_PREFIX, foreignLetters }
        return new MailInbox(new SimLetterBox(options), settings)
      }),
    close: () => Promise.resolve(),
  }
}

async function deliver(message: OutgoingMessage, options: TransportOptions): Promise<void> {
  const { mailbox, nowMs } = options
  const pieces: Uint8Array[] = []
  for await (const piece of message.content()) pieces.push(piece)
  const file = Buffer.concat(pieces)
  const name = formatFileName(message.name)
  const fate = options.nextFate()
  if (nowMs() < mailbox.refusesUntilMs) throw new DeliveryDeferred(name, '451 4.3.2 try again')
  if (mailbox.isFull) throw new DeliveryDeferred(name, '452 4.2.2 mailbox full')
  if (fate.verdict === 'deferred') throw new DeliveryDeferred(name, '450 4.7.1 greylisted')
  if (fate.verdict === 'refused') throw new DeliveryRefused(name, '554 5.7.1 no')
  mailbox.posted += 1
  const tables = options.shape.tables.map((table) => table.name)
  const content = readLetter(file, tables)
  options.onPosted(message, content)
  if (fate.verdict !== 'unknown, lost') await post(message, { file, content, fate }, options)
  if (fate.verdict !== 'taken') throw new DeliveryUnknown(name)
}

interface Posted {
  readonly file: Uint8Array
  readonly content: LetterContent
  readonly fate: Fate
}

async function post(
  message: OutgoingMessage,
  { file, content, fate }: Posted,
  { mailbox, nowMs }: TransportOptions,
): Promise<void> {
  const isWhole = fate.damage === 'none'
  const carried = damage(file, fate.damage)
  const whole = await composeMessageLetter(message, carried)
  const octets = fate.hint === 'kept' ? whole : withoutMark(whole)
  for (const delayMs of fate.delaysMs) {
    mailbox.add({
      octets,
      arrivesAtMs: nowMs() + delayMs,
      message: {
        name: message.name,
        file: carried,
        content: isWhole ? content : undefined,
        isFalse: !isWhole,
        isTooNew: false,
      },
    })
  }
}
