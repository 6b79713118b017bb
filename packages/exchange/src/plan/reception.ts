import { compareEpochs, nextEpoch } from './epoch.ts'
import type { MessageHeader } from './message-header.ts'
import { type MessageNo, NO_MESSAGE } from './message-no.ts'
import { type MessageIdentity, type NodeState, startEpoch } from './node-state.ts'
import { withNewLife } from './standing.ts'

/** What to do with a message, decided from its header alone. */
export type Reception =
  /** It continues what was received: apply it. */
  | { readonly kind: 'apply' }
  /** It, or a later one in its place, was applied before: it has no effect. */
  | { readonly kind: 'duplicate'; readonly isRemembered: boolean }
  /** Messages between `receivedNo` and its `baseNo` have not come (yet): leave it, and ask. */
  | { readonly kind: 'gap' }
  /** It belongs to an epoch that both sides have left: it has no effect any more. */
  | { readonly kind: 'stale' }
  /** The sender has begun a new epoch: start it here too, then decide again. */
  | { readonly kind: 'new-epoch' }
  /** The two histories don't fit together: one side was restored from a backup, or exists twice. */
  | { readonly kind: 'fork'; readonly evidence: ForkEvidence }

/** What shows that the numbers of two sides don't mean the same messages any more. */
export type ForkEvidence =
  | { readonly kind: 'received-otherwise'; readonly messageNo: MessageNo }
  | { readonly kind: 'never-sent'; readonly messageNo: MessageNo; readonly sentNo: MessageNo }
  | { readonly kind: 'sent-otherwise'; readonly messageNo: MessageNo }

/**
 * Decides what to do with a message from its header and from what is known of its sender.
 *
 * A message is applied when `baseNo <= receivedNo < messageNo`: everything before it is here, and it is not. Mail may
 * bring a letter twice or late, so a number that is not above `receivedNo` is a duplicate and has no effect. It needs no
 * second acknowledgement: a sender whose acknowledgement got lost offers its changes again under a new number.
 *
 * A pair of number and uuid that differs from what was received, or an acknowledgement of a message that was
 * never sent, is a fork: the numbers no longer mean the same on both sides.
 */
export function decideReception(header: MessageHeader, sender: NodeState): Reception {
  const epochs = compareEpochs(header.epoch, sender.epoch)
  if (epochs < 0) return { kind: 'stale' }
  if (epochs > 0) return { kind: 'new-epoch' }
  const evidence = findFork(header, sender)
  if (evidence !== undefined) return { kind: 'fork', evidence }
  if (header.messageNo <= sender.receivedNo) {
    const isRemembered = sender.received.some(({ uuid }) => uuid === header.uuid)
    return { kind: 'duplicate', isRemembered }
  }
  if (header.baseNo > sender.receivedNo) return { kind: 'gap' }
  return { kind: 'apply' }
}

function findFork(header: MessageHeader, sender: NodeState): ForkEvidence | undefined {
  const received = new Map(sender.received.map((message) => [message.messageNo, message.uuid]))
  for (const { messageNo, uuid } of [...header.predecessors, header]) {
    const known = received.get(messageNo)
    if (known !== undefined && known !== uuid) {
      return { kind: 'received-otherwise', messageNo }
    }
  }
  return header.acknowledges && findFalseAcknowledgement(header.acknowledges, sender)
}

function findFalseAcknowledgement(
  acknowledged: MessageIdentity,
  sender: NodeState,
): ForkEvidence | undefined {
  const { messageNo, uuid } = acknowledged
  if (messageNo > sender.sentNo) {
    return { kind: 'never-sent', messageNo, sentNo: sender.sentNo }
  }
  const sentUuid = uuidOf(messageNo, sender)
  if (sentUuid !== undefined && sentUuid !== uuid) return { kind: 'sent-otherwise', messageNo }
  return undefined
}

/** Of a message sent long ago nobody knows it any more. */
function uuidOf(
  messageNo: MessageNo,
  { acknowledgedNo, acknowledgedUuid, unacknowledged }: NodeState,
): string | undefined {
  if (messageNo === acknowledgedNo) return acknowledgedUuid
  return unacknowledged.find((sent) => sent.messageNo === messageNo)?.uuid
}

/**
 * How many received messages are remembered by their uuid. A sender has at most a window of messages in flight, so
 * a duplicate that is older than this is a letter that the mail kept for a very long time.
 */
const REMEMBERED_MESSAGES = 200

/**
 * The sender's state after its message was applied. A message with rows is to be acknowledged, an empty one not. Its
 * predecessors are remembered too, also those that never came: a sender that was restored would use their numbers again.
 */
export function recordReception(
  sender: NodeState,
  message: MessageIdentity & Pick<MessageHeader, 'predecessors' | 'throughSeq'>,
  rowCount: number,
): NodeState {
  const known = [...sender.received, ...message.predecessors, message]
  const receivedSeq = Math.max(sender.receivedSeq ?? 0, message.throughSeq ?? 0)
  return {
    ...sender,
    receivedNo: message.messageNo,
    ...(receivedSeq > 0 && { receivedSeq }),
    received: inOrder(known).slice(-REMEMBERED_MESSAGES),
    owesAcknowledgement: sender.owesAcknowledgement || rowCount > 0,
    gapBefore: sender.gapBefore > message.messageNo ? sender.gapBefore : NO_MESSAGE,
  }
}

/**
 * How many of the first rows of a message were met already, in the same versions, because an earlier message of this epoch told them: the answer to
 * that one has not come to the sender, which offers them again. What was changed here since was changed with knowledge of them.
 */
export function rowsToldAgain(
  { toldBefore = [] }: Pick<MessageHeader, 'toldBefore'>,
  { receivedSeq = 0 }: Pick<NodeState, 'receivedSeq'>,
): number {
  const met = toldBefore.filter(({ throughSeq }) => throughSeq <= receivedSeq)
  return Math.max(0, ...met.map(({ rowCount }) => rowCount))
}

/** Each message once, by number. */
function inOrder(messages: readonly MessageIdentity[]): MessageIdentity[] {
  const byNumber = new Map(messages.map(({ messageNo, uuid }) => [messageNo, uuid]))
  return [...byNumber]
    .map(([messageNo, uuid]) => ({ messageNo, uuid }))
    .toSorted((a, b) => a.messageNo - b.messageNo)
}

/**
 * The sender's state after a message was read that can't be applied yet: the next message to it asks for what is missing. Each
 * new letter asks again, because what asked before may have been lost; one that has waited before does not.
 */
export function recordGap(sender: NodeState, messageNo: MessageNo): NodeState {
  if (messageNo <= sender.gapBefore) return sender
  return { ...sender, gapBefore: messageNo, owesAcknowledgement: true }
}

/**
 * The sender's state after a letter was seen whose message can't be read. Anybody can write such a letter, so its number is taken
 * only when it is the next one to be expected: a great one would keep every later gap from being asked about, and the sender, who
 * never sent it, from answering. What is not asked for here, the sender offers again by itself when it gets no answer.
 */
export function recordDamage(sender: NodeState, messageNo: MessageNo): NodeState {
  const lastKnownNo = Math.max(sender.receivedNo, sender.gapBefore)
  return messageNo === lastKnownNo + 1 ? recordGap(sender, messageNo) : sender
}

/**
 * Whether a letter without effect shows that its sender may have fallen behind: one of an epoch that we have left, or one
 * whose number was passed so long ago that nobody remembers it. It is late mail, or it comes from a restored backup.
 */
export function deservesAnswer(reception: Reception): boolean {
  return reception.kind === 'stale' || (reception.kind === 'duplicate' && !reception.isRemembered)
}

/** The sender's state when it is to learn where we are, whether or not there is something to acknowledge. */
export function oweAnswer(sender: NodeState): NodeState {
  return { ...sender, owesAcknowledgement: true }
}

/**
 * What of our change index the sender knows, although it has acknowledged nothing in this epoch: what it had acknowledged in the epoch
 * before, unless it says that it has received less by now, because it was restored from a backup.
 */
export function knownBefore({ former }: NodeState, header: MessageHeader): number {
  if (former === undefined || header.former === undefined) return 0
  const isSame = compareEpochs(former.epoch, header.former.epoch) === 0
  return isSame && header.former.receivedNo >= former.acknowledgedNo ? former.acknowledgedSeq : 0
}

/** The node's state in an epoch that begins here: it is told, and both sides offer everything. `uuid` is new. */
export function beginEpoch(node: NodeState, uuid: string): NodeState {
  const standing = withNewLife(node.standing, uuid)
  return { ...startEpoch(node, nextEpoch(node.epoch, uuid)), owesAcknowledgement: true, standing }
}

/** The sender's state after it began a new epoch: it is owed an answer, so that it learns that we follow. */
export function followEpoch(sender: NodeState, header: MessageHeader): NodeState {
  return { ...startEpoch(sender, header.epoch), owesAcknowledgement: true }
}
