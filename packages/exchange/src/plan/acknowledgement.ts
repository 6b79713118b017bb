import { type MessageNo, NO_MESSAGE } from './message-no.ts'
import type { MessageIdentity, NodeState } from './node-state.ts'

/**
 * The state of a node after its acknowledgement was processed: it knows our changes up to that message, and the
 * messages up to it are no longer in flight. Acknowledgements may come late or twice, so an older one changes nothing. A message that offers
 * changes again may reach less far than one that came before it: `receivedSeq` is how far all that came reaches, as the node says.
 */
export function acceptAcknowledgement(
  node: NodeState,
  acknowledged: MessageIdentity,
  receivedSeq = 0,
): NodeState {
  const { messageNo } = acknowledged
  if (messageNo <= node.acknowledgedNo) return node
  const message = node.unacknowledged.find((sent) => sent.messageNo === messageNo)
  if (message === undefined) return node
  const tellable = Math.max(...node.unacknowledged.map(({ throughSeq }) => throughSeq))
  const acknowledgedSeq = Math.max(
    node.acknowledgedSeq,
    message.throughSeq,
    Math.min(receivedSeq, tellable),
  )
  return {
    ...node,
    acknowledgedNo: messageNo,
    acknowledgedUuid: message.uuid,
    acknowledgedSeq,
    offeredSeq: Math.max(node.offeredSeq, acknowledgedSeq),
    unacknowledged: node.unacknowledged.filter((sent) => sent.messageNo > messageNo),
  }
}

/**
 * Whether a gap that the node reports has to be filled by offering again what it has not acknowledged. It has not
 * when a message that fills it was written after the letter which made the node see the gap: that one is on its way. A
 * letter with a number that was never sent is not ours, whatever its subject says.
 */
export function gapNeedsResend(node: NodeState, gapBefore: MessageNo): boolean {
  if (gapBefore > node.sentNo) return false
  const isFilled = node.unacknowledged.some(
    (sent) => sent.messageNo > gapBefore && sent.baseNo <= node.acknowledgedNo,
  )
  return !isFilled && node.unacknowledged.length > 0
}

/** What our next message says of the node's messages. */
export function acknowledgementFor(node: NodeState): MessageIdentity | undefined {
  if (node.receivedNo === NO_MESSAGE) return undefined
  return node.received.find((message) => message.messageNo === node.receivedNo)
}
