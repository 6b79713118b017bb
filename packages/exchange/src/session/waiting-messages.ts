/** Messages that wait in the mailbox: their order, and what may become of them. */
import { MessageDamaged, MessageTooNew } from '../message/errors.ts'
import { compareEpochs, isWithinReach } from '../plan/epoch.ts'
import type { MessageHeader } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { Reception } from '../plan/reception.ts'
import type { Stop } from '../plan/standing.ts'
import type { ApplySummary } from '../store/change-store.ts'
import { RowRefused, SchemaMismatch } from '../store/errors.ts'
import type { WaitingMessage } from '../transport/transport.ts'

/** A node, and the messages that wait from it. */
export interface MessageSender {
  readonly code: NodeCode
  readonly waiting: readonly WaitingMessage[]
  /** Why nothing is exchanged with it, if so. */
  readonly stop?: Stop
}

/** What became of a message, decided in the transaction that did it. */
export type Outcome =
  | Reception
  | { readonly kind: 'applied'; readonly summary: ApplySummary }
  | { readonly kind: 'runs-twice'; readonly stop: Stop }

/** What the database, or this version of the program, says of one message. */
type NeedsMending = SchemaMismatch | RowRefused | MessageTooNew

export function needsMending(error: unknown): error is NeedsMending {
  return (
    error instanceof SchemaMismatch || error instanceof RowRefused || error instanceof MessageTooNew
  )
}

/** In the order in which they were written. */
export function byEpochAndNumber(a: WaitingMessage, b: WaitingMessage): number {
  const epochs = a.hint && b.hint ? compareEpochs(a.hint.epoch, b.hint.epoch) : 0
  return epochs === 0 ? a.name.messageNo - b.name.messageNo : epochs
}

/** Throws {@link MessageDamaged}. */
export function checkName({ name }: WaitingMessage, header: MessageHeader): void {
  const isSame =
    header.plan === name.plan &&
    header.from === name.from &&
    header.to === name.to &&
    header.messageNo === name.messageNo
  if (!isSame) throw new MessageDamaged('its file name says something else than its header')
}

/** Throws {@link MessageDamaged} for an epoch that its sender can't have come to: it was altered on its way, or forged. */
export function checkEpoch({ epoch }: MessageHeader, known: NodeState): void {
  if (isWithinReach(epoch, known.epoch)) return
  throw new MessageDamaged(
    `it says that epoch ${epoch.counter} has begun, and the last one known is ${known.epoch.counter}`,
  )
}
