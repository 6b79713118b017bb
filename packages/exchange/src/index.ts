/**
 * Exchange plans, nodes, message numbers, and the exchange itself over two ports: a {@link ChangeStore} and a
 * {@link Transport}.
 *
 * @module
 */
export { NodeExists, NodeIsThisNode, NodeUnknown } from './plan/errors.ts'
export type { NodeAttributes } from './plan/node-attributes.ts'
export type {
  ConflictPolicy,
  ConflictResolver,
  ConflictSide,
  PlanRules,
  RowConflict,
  TableRule,
} from './plan/plan-rules.ts'
export { DEFAULT_PLAN_RULES } from './plan/plan-rules.ts'
export type { ExchangePlan, PlanName } from './plan/exchange-plan.ts'
export { parsePlanName } from './plan/exchange-plan.ts'
export type { Epoch } from './plan/epoch.ts'
export type { MessageHeader, SetAside, SetAsideRow } from './plan/message-header.ts'
export type { MessageNo } from './plan/message-no.ts'
export type { NodeCode } from './plan/node-code.ts'
export { parseNodeCode } from './plan/node-code.ts'
export type { MessageContent, MessageIdentity, NodeState, SentMessage } from './plan/node-state.ts'
export type { KeyBlock, KeyBlockRule, KeyGrant, KeyReport } from './plan/key-blocks.ts'
export { newNodeState } from './plan/node-state.ts'
export type { ForkEvidence } from './plan/reception.ts'
export type { SendingRules } from './plan/numbering.ts'
export { DEFAULT_SENDING_RULES } from './plan/numbering.ts'
export type { Lineage } from './plan/lineage.ts'
export type { Standing, Stop } from './plan/standing.ts'
export type { RowVersion } from './plan/row-version.ts'
export type { BodyLine, Column, RowKind, RowLine, TableLine } from './message/body-lines.ts'
export type { NarrowerColumn } from './message/column-capacity.ts'
export type { CheckLine, PartSum, TableSum } from './message/check-line.ts'
export type { MessageFileName } from './message/file-name.ts'
export { formatFileName, parseFileName, SUBJECT_PREFIX } from './message/file-name.ts'
export type { ColumnType, Value } from './message/values.ts'
export type {
  ApplySummary,
  Change,
  ChangeBatch,
  ChangesRequest,
  ChangeStore,
  Choice,
  Conflict,
  ConflictRecord,
  CountRequest,
  RefusedRow,
  RowApplier,
  Sender,
  SetAsideThere,
  StoreTransaction,
  SumRequest,
  Survey,
  SurveyRequest,
  TableChecksum,
  TableDiffers,
  UnsentReason,
  UnsentRow,
} from './store/change-store.ts'
export type { KeyLedger, KeyState, KeyTable } from './store/key-ledger.ts'
export type {
  Inbox,
  MessageHint,
  OutgoingMessage,
  Transport,
  WaitingMessage,
} from './transport/transport.ts'
export type { NodeExchange } from './session/exchange.ts'
export { exchange } from './session/exchange.ts'
export { restartNode } from './session/restart-node.ts'
export { findWork } from './session/find-work.ts'
export type { ExchangeContext, ExchangeRules } from './session/exchange-context.ts'
export {
  DEFAULT_KEEP_DELETIONS_DAYS,
  DEFAULT_MESSAGE_SIZE_OCTETS,
} from './session/exchange-context.ts'
export type { ExchangeEvent } from './session/exchange-event.ts'
export type { ReceivingSummary } from './session/receiving-summary.ts'
export type { SendingSummary } from './session/sending.ts'
