import { FIRST_EPOCH } from '../plan/epoch.ts'
import type { NodeState } from '../plan/node-state.ts'
import { knownBefore, rowsToldAgain } from '../plan/reception.ts'
import type { Sender } from '../store/change-store.ts'
import type { VerifiedMessage } from './message-reader.ts'

/** What a message's sender knew when it wrote it: `node` is its state, with the message's acknowledgement in it already. */
export function senderOf(
  { header, rowCount }: VerifiedMessage,
  node: NodeState,
  nowMs: number,
): Sender {
  const beginsAnew = node.epoch.counter > FIRST_EPOCH.counter && node.acknowledgedSeq === 0
  return {
    code: node.code,
    acknowledgedSeq: beginsAnew ? knownBefore(node, header) : node.acknowledgedSeq,
    beginsAnew,
    toldAgain: rowsToldAgain(header, node),
    // A message without rows says nothing of those that are still to come.
    hasMore: header.hasMore === true || rowCount === 0,
    nowMs,
  }
}
