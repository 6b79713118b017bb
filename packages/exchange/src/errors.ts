/**
 * Every error class of this package, and {@link AnyExchangeError} whose `code` narrows in a `switch`.
 *
 * @module
 */
import type { MessageDamaged, MessageTooNew } from './message/errors.ts'
import type {
  NodeAttributeInvalid,
  NodeAttributeMissing,
  NodeExists,
  NodeIsThisNode,
  NodeRunsTwice,
  NodeUnknown,
  RuleInvalid,
} from './plan/errors.ts'
import type { PlanNameInvalid } from './plan/exchange-plan.ts'
import type { NodeCodeInvalid } from './plan/node-code.ts'
import type { SpoolOfAnotherNode } from './session/errors.ts'
import type {
  CaptureDisturbed,
  CollationUnknown,
  ConflictUnknown,
  RowRefused,
  SchemaMismatch,
  SqliteUnfit,
  StoreMoved,
  StoreNotPrepared,
  StoreOfAnotherPlan,
  TablesInherit,
  TableUnknown,
  TableWithoutPrimaryKey,
  TextNotUtf8,
} from './store/errors.ts'
import type { DeliveryDeferred, DeliveryRefused, DeliveryUnknown } from './transport/errors.ts'

export type { RuleFault } from './plan/rule-fault.ts'
export { MessageDamaged, MessageTooNew } from './message/errors.ts'
export {
  NodeAttributeInvalid,
  NodeAttributeMissing,
  NodeExists,
  NodeIsThisNode,
  NodeRunsTwice,
  NodeUnknown,
  RuleInvalid,
} from './plan/errors.ts'
export { ExchangeError, type ExchangeErrorCode } from './plan/exchange-error.ts'
export { PlanNameInvalid } from './plan/exchange-plan.ts'
export { NodeCodeInvalid } from './plan/node-code.ts'
export { SpoolOfAnotherNode } from './session/errors.ts'
export {
  CaptureDisturbed,
  CollationUnknown,
  ConflictUnknown,
  RowRefused,
  SchemaMismatch,
  SqliteUnfit,
  StoreMoved,
  StoreNotPrepared,
  StoreOfAnotherPlan,
  TablesInherit,
  TableUnknown,
  TableWithoutPrimaryKey,
  TextNotUtf8,
} from './store/errors.ts'
export { DeliveryDeferred, DeliveryRefused, DeliveryUnknown } from './transport/errors.ts'

/** Any error of this package: `switch (error.code)` narrows to its class and its facts. */
export type AnyExchangeError =
  | CaptureDisturbed
  | CollationUnknown
  | ConflictUnknown
  | DeliveryDeferred
  | DeliveryRefused
  | DeliveryUnknown
  | MessageDamaged
  | MessageTooNew
  | NodeAttributeInvalid
  | NodeAttributeMissing
  | NodeCodeInvalid
  | NodeExists
  | NodeIsThisNode
  | NodeRunsTwice
  | NodeUnknown
  | PlanNameInvalid
  | RuleInvalid
  | RowRefused
  | SchemaMismatch
  | SpoolOfAnotherNode
  | SqliteUnfit
  | StoreMoved
  | StoreNotPrepared
  | StoreOfAnotherPlan
  | TablesInherit
  | TableUnknown
  | TableWithoutPrimaryKey
  | TextNotUtf8
