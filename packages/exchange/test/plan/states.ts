import type { MessageIdentity, NodeState, SentMessage } from '../../src/plan/node-state.ts'
import { newNodeState } from '../../src/plan/node-state.ts'
import { toMessageNo } from '../../src/plan/message-no.ts'
import { parseNodeCode } from '../../src/plan/node-code.ts'

/** The other node of these tests, before anything was exchanged with it. */
export const NEW_NODE: NodeState = newNodeState(parseNodeCode('С01'))

export function identity(messageNo: number, uuid = `u${messageNo}`): MessageIdentity {
  return { messageNo: toMessageNo(messageNo), uuid }
}

/** Message N with one row, continuing N - 1, up to position 10 × N, written at N. */
export function sent(messageNo: number, facts: Partial<SentMessage> = {}): SentMessage {
  return {
    ...identity(messageNo),
    baseNo: toMessageNo(messageNo - 1),
    throughSeq: 10 * messageNo,
    rowCount: 1,
    sizeOctets: 100,
    writtenAt: messageNo,
    delivered: true,
    superseded: false,
    ...facts,
  }
}

/** The state after these messages were sent, and those up to `acknowledged` confirmed. */
export function sentTo(messages: readonly SentMessage[], acknowledged = 0): NodeState {
  const last = messages.at(-1)
  return {
    ...NEW_NODE,
    sentNo: last?.messageNo ?? toMessageNo(acknowledged),
    acknowledgedNo: toMessageNo(acknowledged),
    ...(acknowledged > 0 && { acknowledgedUuid: identity(acknowledged).uuid }),
    acknowledgedSeq: 10 * acknowledged,
    offeredSeq: last?.throughSeq ?? 10 * acknowledged,
    unacknowledged: messages,
  }
}
