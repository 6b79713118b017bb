/**
 * How messages for one node are numbered and what each of them continues.
 *
 * Normally message N continues N - 1: it carries what changed since, so the cost is linear in the changes. After a
 * loss the next message is *cumulative*: it continues the acknowledged one and offers everything since then again. A message
 * that only acknowledges covers nothing, so the next one does not depend on it: `baseNo` reaches back over it.
 */
import { type MessageNo, nextMessageNo, NO_MESSAGE, toMessageNo } from './message-no.ts'
import {
  type MessageIdentity,
  type NodeState,
  type SentMessage,
  withoutContent,
} from './node-state.ts'
import { acknowledgementFor } from './acknowledgement.ts'
import type { Stop } from './standing.ts'

export interface SendingRules {
  /** Messages with changes that may be unacknowledged at a time: a node that is away does not get its mailbox filled. */
  readonly window: number
  /** Unacknowledged for so long (milliseconds), a message counts as lost and its changes are offered again. */
  readonly resendAfterMs: number
}

export const DEFAULT_SENDING_RULES: SendingRules = {
  // Two dozen letters of the default size bound are below half of a usual mailbox of 1 GB, and enough to fill a first load.
  window: 24,
  // Mail servers try for up to five days (RFC 5321 §4.5.4.1), but most letters come within minutes; a day balances the two.
  resendAfterMs: 24 * 3600 * 1000,
}

/** What the next message for a node is. */
export type NextMessage =
  | { readonly kind: 'none' }
  /** There are changes, but the window is full: wait for acknowledgements. */
  | { readonly kind: 'window-full'; readonly unacknowledged: number }
  | {
      readonly kind: 'message'
      readonly messageNo: MessageNo
      readonly baseNo: MessageNo
      /** The message carries the rows whose position in the change index lies above `afterSeq` and up to `throughSeq`. */
      readonly afterSeq: number
      readonly throughSeq: number
      readonly predecessors: readonly MessageIdentity[]
      readonly acknowledges: MessageIdentity | undefined
      readonly gapBefore: MessageNo
    }

export type PlannedMessage = NextMessage & { readonly kind: 'message' }

/**
 * Decides what to write for a node next, `headSeq` being the last position of the change index. Ask again after each
 * message: a large change set becomes many messages of bounded size.
 */
export function planNextMessage(
  node: NodeState,
  headSeq: number,
  rules: SendingRules,
): NextMessage {
  if (node.standing?.stop !== undefined) return planNotice(node, node.standing.stop)
  const inFlight = node.unacknowledged.filter((sent) => sent.rowCount > 0 && !sent.superseded)
  const hasChanges = headSeq > node.offeredSeq
  const isWindowFull = inFlight.length >= (isSilent(node) ? 1 : rules.window)
  if (isWindowFull && hasChanges && !node.owesAcknowledgement) {
    return { kind: 'window-full', unacknowledged: inFlight.length }
  }
  if (!hasChanges && !node.owesAcknowledgement) return { kind: 'none' }
  return {
    kind: 'message',
    messageNo: nextMessageNo(node.sentNo),
    baseNo: findBaseNo(node),
    afterSeq: node.offeredSeq,
    throughSeq: isWindowFull ? node.offeredSeq : Math.max(headSeq, node.offeredSeq),
    predecessors: predecessorsOf(node),
    acknowledges: acknowledgementFor(node),
    gapBefore: node.gapBefore,
  }
}

/** What the next message follows on: the last message that was acknowledged, and those behind it. Whoever has received another one under such a number is in another history. */
function predecessorsOf(node: NodeState): MessageIdentity[] {
  const { acknowledgedNo: messageNo, acknowledgedUuid: uuid, unacknowledged } = node
  const known = uuid === undefined ? [] : [{ messageNo, uuid }]
  return [
    ...known,
    ...unacknowledged.map((sent) => ({ messageNo: sent.messageNo, uuid: sent.uuid })),
  ]
}

/** Where messages ended that told rows behind `afterSeq` and were not acknowledged: the next message tells these rows again. */
export function findToldBefore({ unacknowledged }: NodeState, afterSeq: number): readonly number[] {
  const ends = unacknowledged.map(({ throughSeq }) => throughSeq)
  return [...new Set(ends)].filter((seq) => seq > afterSeq).toSorted((a, b) => a - b)
}

/** While nothing is exchanged, databases of a node that runs twice are told so, and learn nothing else. */
function planNotice(node: NodeState, { twice }: Stop): NextMessage {
  if (twice === 'here' || !node.owesAcknowledgement) return { kind: 'none' }
  return {
    kind: 'message',
    messageNo: nextMessageNo(node.sentNo),
    baseNo: findBaseNo(node),
    afterSeq: node.offeredSeq,
    throughSeq: node.offeredSeq,
    predecessors: [],
    acknowledges: undefined,
    gapBefore: NO_MESSAGE,
  }
}

/**
 * While a node does not answer what was offered again, it gets one message at a time: a node that is away for a year
 * does not find its mailbox full.
 */
function isSilent(node: NodeState): boolean {
  return node.unacknowledged.some((sent) => sent.superseded)
}

/**
 * The smallest number after which a receiver knows everything up to `offeredSeq`. What it has acknowledged counts
 * first: a later message may reach less far, because it offers again only a part. Then back from the last message, for as
 * long as each of them reaches so far; over one that only acknowledges, to where that one continues.
 */
function findBaseNo(node: NodeState): MessageNo {
  if (node.acknowledgedSeq >= node.offeredSeq) return node.acknowledgedNo
  let baseNo = node.unacknowledged.at(-1)?.messageNo ?? node.acknowledgedNo
  for (const sent of node.unacknowledged.toReversed()) {
    if (sent.throughSeq < node.offeredSeq) break
    const reached = sent.rowCount > 0 ? sent.messageNo : sent.baseNo
    if (reached < baseNo) baseNo = reached
  }
  return baseNo
}

/** The node's state after a message was written for it. */
export function recordSending(node: NodeState, message: SentMessage): NodeState {
  return {
    ...node,
    sentNo: message.messageNo,
    offeredSeq: Math.max(node.offeredSeq, message.throughSeq),
    unacknowledged: [...node.unacknowledged, message],
    owesAcknowledgement: false,
  }
}

/**
 * The node's state when nothing between `offeredSeq` and `seq` concerns it, so that no message has to be written. When it
 * has acknowledged everything before, it knows everything up to there.
 */
export function recordNothingToSend(node: NodeState, seq: number): NodeState {
  const isKnown = node.acknowledgedSeq >= node.offeredSeq
  const offeredSeq = Math.max(node.offeredSeq, seq)
  return { ...node, offeredSeq, acknowledgedSeq: isKnown ? offeredSeq : node.acknowledgedSeq }
}

/** The node's state after the mail server took the letter of a message. */
export function recordDelivery(node: NodeState, messageNo: MessageNo): NodeState {
  return {
    ...node,
    unacknowledged: node.unacknowledged.map((sent) =>
      sent.messageNo === messageNo ? { ...withoutContent(sent), delivered: true } : sent,
    ),
  }
}

/**
 * The node's state after the mail server refused the last message for good, at the first try: nobody has it, so it is as
 * if it had never been written. Its changes, its number, and what it acknowledged go to the next one.
 */
export function withdraw(node: NodeState, message: SentMessage): NodeState {
  const unacknowledged = node.unacknowledged.filter((sent) => sent.uuid !== message.uuid)
  const last = unacknowledged.at(-1)
  const isOffered = last !== undefined && !last.superseded
  return {
    ...node,
    sentNo: toMessageNo(message.messageNo - 1),
    offeredSeq: Math.max(node.acknowledgedSeq, isOffered ? last.throughSeq : 0),
    unacknowledged,
    owesAcknowledgement:
      node.owesAcknowledgement || message.rowCount === 0 || node.receivedNo > NO_MESSAGE,
  }
}

/** The node's state when everything it has not acknowledged is to be offered again, in a cumulative message. */
export function offerAgain(node: NodeState): NodeState {
  return {
    ...node,
    offeredSeq: node.acknowledgedSeq,
    unacknowledged: node.unacknowledged.map((sent) => ({
      ...withoutContent(sent),
      superseded: true,
    })),
  }
}

/** After this many doublings, about a month by the default rules, the time between two tries grows no more. */
const MAX_DOUBLINGS = 5

/**
 * Whether the oldest message in flight counts as lost. The time to wait doubles each time that the node does not answer.
 */
export function isOverdue(node: NodeState, nowMs: number, rules: SendingRules): boolean {
  const oldest = node.unacknowledged.find((sent) => sent.rowCount > 0 && !sent.superseded)
  if (oldest === undefined) return false
  const tries = node.unacknowledged.filter(
    (sent) => sent.superseded && sent.rowCount > 0 && sent.baseNo <= node.acknowledgedNo,
  )
  const patienceMs = rules.resendAfterMs * 2 ** Math.min(tries.length, MAX_DOUBLINGS)
  // A message from the future was written before the clock was set back; waiting for that future may take years.
  return Math.abs(nowMs - oldest.writtenAt) >= patienceMs
}
