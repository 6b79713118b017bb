import { type Epoch, FIRST_EPOCH } from './epoch.ts'
import { type MessageNo, NO_MESSAGE } from './message-no.ts'
import type { NodeCode } from './node-code.ts'
import type { Standing } from './standing.ts'

/** A message by its number and its own uuid: the same number with another uuid is another message. */
export interface MessageIdentity {
  readonly messageNo: MessageNo
  readonly uuid: string
}

/** A message that was written for a node and that the node has not acknowledged yet. */
export interface SentMessage extends MessageIdentity {
  /** The message continues from here. */
  readonly baseNo: MessageNo
  /** Position in the change index up to which the receiver knows our changes once it has applied this message. */
  readonly throughSeq: number
  /** Rows and deletions in it; 0 for a message that only acknowledges. */
  readonly rowCount: number
  /** Octets of the message's file. */
  readonly sizeOctets: number
  /** Wall clock in milliseconds. */
  readonly writtenAt: number
  /** False until the mail server has taken the letter. */
  readonly delivered: boolean
  /** True when a later message offered its changes again: it no longer counts for the window. */
  readonly superseded: boolean
  /** What its file is made of, for as long as it has to be delivered. */
  readonly content?: MessageContent
}

/**
 * The octets of a message's file: a head of its own, pieces of a body that many messages may share, a tail of its own. So a body is
 * written once, however many nodes get it.
 */
export interface MessageContent {
  /** In base64. */
  readonly head: string
  /** The name of the body in the spool; empty when the message has no rows. */
  readonly body: string
  /** Where the pieces begin and end in the body, in octets. */
  readonly ranges: readonly (readonly [begin: number, end: number])[]
  /** In base64. */
  readonly tail: string
}

/** The message when its content is needed no more. */
export function withoutContent(message: SentMessage): SentMessage {
  const { content: _, ...rest } = message
  return rest
}

/**
 * Everything this node knows of its exchange with another one. The functions of `plan/` take one and give the
 * next; a store loads and saves it in the transaction that also holds the rows.
 */
export interface NodeState {
  readonly code: NodeCode
  readonly epoch: Epoch
  /** The number of the last message written for the node. */
  readonly sentNo: MessageNo
  /** The last of our messages that the node has confirmed, and what of the change index it knows by that. */
  readonly acknowledgedNo: MessageNo
  readonly acknowledgedSeq: number
  /** The uuid of that message: by it a fork is recognised. Absent when there is none. */
  readonly acknowledgedUuid?: string
  /** Position in the change index up to which changes were put into messages. */
  readonly offeredSeq: number
  /** Messages with numbers above `acknowledgedNo`, in their order. */
  readonly unacknowledged: readonly SentMessage[]
  /** The number of the last message of the node that was applied here. */
  readonly receivedNo: MessageNo
  /** The position in the node's change index up to which its changes have come, in this epoch. Absent as long as it has told none. */
  readonly receivedSeq?: number
  /** The last messages received, newest last: what an acknowledgement and a fork are recognised by. */
  readonly received: readonly MessageIdentity[]
  /** Something was received that the node wants to know about. */
  readonly owesAcknowledgement: boolean
  /** The greatest number read in a message that can't be applied, because messages before it are missing. */
  readonly gapBefore: MessageNo
  /** How many of its rows were set aside here, as the last message to it says. Absent: none. */
  readonly toldRefused?: number
  /** Absent as long as there is nothing to say. */
  readonly standing?: Standing
  /** What was when the epoch began: by it both sides tell what they knew of each other. */
  readonly former?: FormerEpoch
}

/** The last epoch in which something came through, as it was in the end. */
export interface FormerEpoch {
  readonly epoch: Epoch
  readonly acknowledgedNo: MessageNo
  readonly acknowledgedSeq: number
  readonly receivedNo: MessageNo
}

/** The state of a node with which nothing was exchanged yet. */
export function newNodeState(code: NodeCode): NodeState {
  return startEpoch({ code }, FIRST_EPOCH)
}

/** The same node at the beginning of an epoch: no message sent or received, everything to be offered. */
export function startEpoch(
  node: Pick<NodeState, 'code'> & Partial<NodeState>,
  epoch: Epoch,
): NodeState {
  const { code, toldRefused = 0, standing } = node
  const former = formerOf(node)
  return {
    code,
    epoch,
    sentNo: NO_MESSAGE,
    acknowledgedNo: NO_MESSAGE,
    acknowledgedSeq: 0,
    offeredSeq: 0,
    unacknowledged: [],
    receivedNo: NO_MESSAGE,
    received: [],
    owesAcknowledgement: false,
    gapBefore: NO_MESSAGE,
    ...(toldRefused > 0 && { toldRefused }),
    ...(standing !== undefined && { standing }),
    ...(former && { former }),
  }
}

/** Of an epoch in which nothing came through nobody knows more than of the one before it. */
function formerOf(node: Partial<NodeState>): FormerEpoch | undefined {
  const { epoch, acknowledgedNo = NO_MESSAGE, acknowledgedSeq = 0, receivedNo = NO_MESSAGE } = node
  if (epoch === undefined || (acknowledgedNo === NO_MESSAGE && receivedNo === NO_MESSAGE)) {
    return node.former
  }
  return { epoch, acknowledgedNo, acknowledgedSeq, receivedNo }
}
