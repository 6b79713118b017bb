import type { NarrowerColumn } from '../message/column-capacity.ts'
import type { KeyBlock } from '../plan/key-blocks.ts'
import type { MessageNo } from '../plan/message-no.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { ForkEvidence } from '../plan/reception.ts'
import type { ApplySummary, TableDiffers } from '../store/change-store.ts'

/** What happens during an exchange, for whoever watches it. */
export type ExchangeEvent =
  | { readonly kind: 'inbox-read'; readonly messages: number }
  /** A letter in the mailbox can't be read, so it is none of ours; it is left alone. */
  | { readonly kind: 'unreadable-letter'; readonly error: Error }
  /** Letters of a node can't be read, as an earlier exchange has said. What was in them is asked for, or offered again by itself. */
  | {
      readonly kind: 'damaged-before'
      readonly node: NodeCode
      readonly messages: number
      /** The number that the first of them has on its outside. */
      readonly firstNo: MessageNo
    }
  /** Messages wait from a node that was not added here; they are left alone. */
  | { readonly kind: 'unknown-sender'; readonly node: NodeCode; readonly messages: number }
  | { readonly kind: 'fetching'; readonly node: NodeCode; readonly messageNo: MessageNo }
  /** A message that waits until something is mended is here already: it is not fetched again. */
  | {
      readonly kind: 'tried-again'
      readonly node: NodeCode
      readonly messageNo: MessageNo
      readonly uuid: string
    }
  | {
      readonly kind: 'applying'
      readonly node: NodeCode
      readonly messageNo: MessageNo
      readonly rowsDone: number
      readonly rowCount: number
    }
  | {
      readonly kind: 'applied'
      readonly node: NodeCode
      readonly messageNo: MessageNo
      readonly summary: ApplySummary
    }
  /** A column here takes less than the node's: rows with a value that does not fit are set aside until it is wider. */
  | {
      readonly kind: 'column-narrower'
      readonly node: NodeCode
      readonly column: NarrowerColumn
    }
  /** The node has confirmed our messages up to this one. */
  | { readonly kind: 'acknowledged'; readonly node: NodeCode; readonly messageNo: MessageNo }
  /** A letter came again, and had no effect. */
  | { readonly kind: 'duplicate'; readonly node: NodeCode; readonly messageNo: MessageNo }
  /** A letter of an epoch that both sides have left; it had no effect. */
  | { readonly kind: 'stale'; readonly node: NodeCode; readonly messageNo: MessageNo }
  /** A letter has to wait, because messages before it have not come. The node is asked for them. */
  | {
      readonly kind: 'gap'
      readonly node: NodeCode
      readonly messageNo: MessageNo
      readonly receivedNo: MessageNo
    }
  /** The node asked for what it misses, or did not answer for long: everything unacknowledged is offered again. */
  | {
      readonly kind: 'offered-again'
      readonly node: NodeCode
      readonly afterNo: MessageNo
      readonly reason: 'gap' | 'overdue' | 'file-missing'
    }
  /** The histories of both sides don't fit together; both start anew and offer everything. */
  | { readonly kind: 'fork'; readonly node: NodeCode; readonly evidence: ForkEvidence }
  | { readonly kind: 'new-epoch'; readonly node: NodeCode }
  | {
      readonly kind: 'writing'
      /** One of the nodes that get these rows. */
      readonly node: NodeCode
      readonly rowsDone: number
    }
  | {
      readonly kind: 'sent'
      readonly node: NodeCode
      readonly messageNo: MessageNo
      readonly rowCount: number
      readonly sizeOctets: number
    }
  /** A table does not hold the same here and at the node, although neither side has something to tell. Nothing was changed. */
  | { readonly kind: 'difference'; readonly node: NodeCode; readonly difference: TableDiffers }
  /**
   * A node says a number of a table's keys that lies beyond everything known here: it is not believed, and the node gets no block. It is
   * when rows with such keys have come.
   */
  | {
      readonly kind: 'keys-not-believed'
      readonly node: NodeCode
      readonly table: string
      readonly said: number
      readonly known: number
    }
  /** The block of keys of this node goes further than its key column, so inserts will fail: the column has to be wider, or blocks smaller. */
  | {
      readonly kind: 'keys-beyond-column'
      readonly table: string
      readonly block: KeyBlock
      readonly limit: number
    }
  /** No block of keys is left for a node, or for this one: the numbers have come to their end. */
  | {
      readonly kind: 'keys-exhausted'
      readonly node: NodeCode
      readonly table: string
      readonly limit: number
    }
  | { readonly kind: 'window-full'; readonly node: NodeCode; readonly unacknowledged: number }
  /** Letters that were dealt with could not be removed; they are found again, and have no effect. */
  | { readonly kind: 'removal-unconfirmed'; readonly error: Error }
  /** Something went wrong with this node; the other nodes are served all the same. */
  | { readonly kind: 'problem'; readonly node: NodeCode; readonly error: Error }
