import type { TableSum } from '../message/check-line.ts'
import type { FormerReception, MessageHeader } from '../plan/message-header.ts'
import { NO_MESSAGE } from '../plan/message-no.ts'
import type { FormerEpoch, NodeState, SentMessage } from '../plan/node-state.ts'
import type { PlannedMessage } from '../plan/numbering.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { type ChosenBody, composeContent } from './message-content.ts'

/** What a message is made of: its number and what it continues, how far it reaches, and its rows. */
export type MessageDraft = PlannedMessage & {
  readonly body: ChosenBody | undefined
  readonly hasMore: boolean
  /** What the tables hold as of this message; empty when it does not say. */
  readonly checks: readonly TableSum[]
  /** What it says of keys, of conflicts, and of rows that were set aside. */
  readonly fields?: Pick<MessageHeader, 'keyReports' | 'keyGrants' | 'resolutions' | 'setAside'>
}

/** Puts the next message for a node together, ready to be recorded. */
export function composeMessage(
  context: ExchangeContext,
  node: NodeState,
  draft: MessageDraft,
): SentMessage {
  const header = headerFor(context, node, draft)
  const { messageNo, uuid, baseNo, writtenAt } = header
  return {
    messageNo,
    uuid,
    baseNo,
    throughSeq: draft.throughSeq,
    rowCount: draft.body?.pieces.rowCount ?? 0,
    ...composeContent(header, draft),
    writtenAt,
    delivered: false,
    superseded: false,
  }
}

function headerFor(
  { store, newUuid, now }: ExchangeContext,
  node: NodeState,
  draft: MessageDraft,
): MessageHeader {
  const { plan } = store
  const { lives = [], stop } = node.standing ?? {}
  const { former, receivedSeq = 0 } = node
  const { toldBefore = [] } = draft.body?.pieces ?? {}
  return {
    plan: plan.name,
    from: plan.thisNode,
    to: node.code,
    epoch: node.epoch,
    messageNo: draft.messageNo,
    uuid: newUuid(),
    baseNo: draft.baseNo,
    predecessors: draft.predecessors,
    ...(draft.acknowledges && { acknowledges: draft.acknowledges }),
    ...(receivedSeq > 0 && draft.acknowledges && { receivedSeq }),
    ...(draft.gapBefore !== NO_MESSAGE && { gapBefore: draft.gapBefore }),
    ...(draft.throughSeq > 0 && { throughSeq: draft.throughSeq }),
    ...(toldBefore.length > 0 && { toldBefore }),
    ...(draft.hasMore && { hasMore: true }),
    ...(lives.length > 0 && { lives }),
    ...(stop !== undefined && { isTwice: true }),
    ...(former && node.acknowledgedNo === NO_MESSAGE && { former: receptionOf(former) }),
    ...draft.fields,
    writtenAt: now(),
  }
}

function receptionOf({ epoch, receivedNo }: FormerEpoch): FormerReception {
  return { epoch, receivedNo }
}
