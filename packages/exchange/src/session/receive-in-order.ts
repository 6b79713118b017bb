import type { Inbox, WaitingMessage } from '../transport/transport.ts'
import { NodeRunsTwice } from '../plan/errors.ts'
import type { Stop } from '../plan/standing.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { NodeReceiver, type Received } from './receive-changes.ts'
import { byEpochAndNumber, type MessageSender, needsMending } from './waiting-messages.ts'

/**
 * Receives what waits from one node: everything that can be applied in order. A letter that comes too early stays and is
 * asked for, one that was applied before is removed. Throws {@link SchemaMismatch}, {@link RowRefused} and {@link MessageTooNew}: that
 * message waits until somebody has mended the cause. It may be mended at the sender, which then says in a later message how the
 * rows are by now: one that stands in the place of the one that waits is tried, those that follow on it wait with it. Throws
 * {@link NodeRunsTwice} where nothing is exchanged any more.
 */
export async function receiveChanges(
  context: ExchangeContext,
  inbox: Inbox,
  sender: MessageSender,
): Promise<Received> {
  const receiver = new NodeReceiver(context, inbox, sender.code)
  const { stop } = sender
  if (stop !== undefined) return dismissAll(receiver, sender, stop)
  await receiveInOrder(receiver, sender.waiting.toSorted(byEpochAndNumber))
  receiver.end()
  return receiver.received
}

async function receiveInOrder(
  receiver: NodeReceiver,
  messages: readonly WaitingMessage[],
): Promise<void> {
  for (const [index, message] of messages.entries()) {
    try {
      await receiver.receive(message)
    } catch (error) {
      if (!needsMending(error)) throw error
      const later = messages.slice(index + 1)
      const place = await receiver.lastInPlace(later)
      const inPlace = later[place]
      if (inPlace === undefined || !(await receiver.accepts(inPlace))) throw error
      return receiveInOrder(receiver, later.slice(place + 1))
    }
  }
}

async function dismissAll(
  receiver: NodeReceiver,
  { code, waiting }: MessageSender,
  stop: Stop,
): Promise<never> {
  const inOrder = stop.twice === 'here' ? [] : waiting.toSorted(byEpochAndNumber)
  for (const message of inOrder) await receiver.dismiss(message)
  throw new NodeRunsTwice(code, stop)
}
