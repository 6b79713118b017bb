import type { Epoch } from './epoch.ts'
import type { PlanName } from './exchange-plan.ts'
import type { KeyGrant, KeyReport } from './key-blocks.ts'
import type { MessageNo } from './message-no.ts'
import type { NodeCode } from './node-code.ts'
import type { MessageIdentity } from './node-state.ts'

export interface FormerReception {
  readonly epoch: Epoch
  readonly receivedNo: MessageNo
}

/** So many rows that were set aside are named in a message: enough to see what is wrong, and small beside the rows of the message. */
export const MAX_NAMED_ROWS = 100

/** Rows that a node could not take, told to the node that they came from. */
export interface SetAside {
  /** How many there are; the first of them are named. */
  readonly rowCount: number
  readonly rows: readonly SetAsideRow[]
}

export interface SetAsideRow {
  readonly table: string
  /** The key as JSON. */
  readonly key: string
  /** In the words of the database that refused it. */
  readonly reason: string
}

/** Key and reason are for people, and may quote a value of any length. */
const MAX_WORDS = 200

/** A row as it is named to another node, and kept of what another node says. */
export function cutForPeer({ table, key, reason }: SetAsideRow): SetAsideRow {
  return { table: cut(table), key: cut(key), reason: cut(reason) }
}

function cut(text: string): string {
  const isShort = text.length <= MAX_WORDS || (text.length === MAX_WORDS + 1 && text.endsWith('…'))
  return isShort ? text : `${text.slice(0, MAX_WORDS)}…`.toWellFormed()
}

/** So much of what was chosen is said in one message at the most, in characters: the records of what is left out stay open at the other node. */
export const MAX_CHOICES_LENGTH: number = 512 * 1024

/** What a choice takes beside the words in it. */
export const CHOICE_LENGTH_MIN = 32

/** What a person has chosen of two versions of a row. */
export interface ChosenVersion {
  readonly table: string
  /** The key as JSON, in the form of the message body. */
  readonly key: string
  /** Whose version it was, seen from the node where it was chosen. */
  readonly take: 'ours' | 'theirs'
  /** The stamp that the row got by it. */
  readonly stamp: number
}

/** So many of a message's first rows lie at positions of the sender's change index up to this one. */
export interface RowsThrough {
  readonly throughSeq: number
  readonly rowCount: number
}

/** What a message says of itself, before its rows. */
export interface MessageHeader extends MessageIdentity {
  readonly plan: PlanName
  readonly from: NodeCode
  readonly to: NodeCode
  readonly epoch: Epoch
  /** The message continues from here: it may be applied by a receiver that has applied this number or a later one. */
  readonly baseNo: MessageNo
  /** The sender's messages from the last acknowledged one, if there is one, to the one before this, oldest first. */
  readonly predecessors: readonly MessageIdentity[]
  /** The last message of the receiver that the sender has applied: the acknowledgement, by number and uuid. */
  readonly acknowledges?: MessageIdentity
  /** The position in the receiver's change index up to which its changes have come to the sender. Absent where none have. */
  readonly receivedSeq?: number
  /** The sender has seen a letter with this number that it can't apply, because messages before it are missing. */
  readonly gapBefore?: MessageNo
  /** Up to this position of the sender's change index a receiver knows its changes once it has applied the message. */
  readonly throughSeq?: number
  /**
   * In a message that offers changes again: how many of its rows, which come in the order of their positions, earlier messages have told already, for each
   * position that one of them ended at. A receiver that has applied one of them has met these rows. Absent where there are none.
   */
  readonly toldBefore?: readonly RowsThrough[]
  /** The size bound ended the message before the changes did: what belongs to its rows may come with the next one. */
  readonly hasMore?: true
  /** The lives that the sender's database has led, newest first: see lineage.ts. Absent where it has led one. */
  readonly lives?: readonly string[]
  /** The sender has stopped, because it gets messages of two databases under the receiver's code. */
  readonly isTwice?: true
  /** Rows of the receiver that the sender has set aside. Absent: none. */
  readonly setAside?: SetAside
  /** To the head office: how far the sender has come with its keys. */
  readonly keyReports?: readonly KeyReport[]
  /** From the head office: the keys that the receiver may give. */
  readonly keyGrants?: readonly KeyGrant[]
  /** In the first messages of a new epoch: the last message of the receiver that the sender had applied in the epoch before. */
  readonly former?: FormerReception
  /** Conflicts between sender and receiver that a person has decided at the sender. */
  readonly resolutions?: readonly ChosenVersion[]
  /** When the message was written, in milliseconds of the sender's clock. For people only. */
  readonly writtenAt: number
}
