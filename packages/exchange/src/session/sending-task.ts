import type { TableSum } from '../message/check-line.ts'
import type { ChosenVersion } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { DeliveryRefused } from '../transport/errors.ts'
import type { Group } from './groups.ts'
import type { MessageBody } from './message-body.ts'

/** What is to be sent to some nodes of a group. */
export interface SendingTask {
  readonly group: Group
  readonly body?: MessageBody
  /** What persons have chosen in conflicts, by the node with which they were. */
  readonly chosen?: ReadonlyMap<NodeCode, readonly ChosenVersion[]>
  /** What the tables hold, when it is to be told. */
  readonly checks?: readonly TableSum[]
}

/** A node whose letter was too large for the mail server. */
export interface TooLarge {
  readonly code: NodeCode
  readonly error: DeliveryRefused
}

/** What became of the letters to some nodes. */
export interface ChunkOutcome {
  readonly tooLarge: readonly TooLarge[]
  /** Nodes that may be sent more. */
  readonly going: readonly NodeCode[]
  /** Letters with it have still to be delivered. */
  readonly isBodyNeeded: boolean
}
