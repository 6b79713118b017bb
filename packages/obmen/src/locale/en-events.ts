import type { ExchangeEvent, ForkEvidence } from '@obmen/exchange'
import { ImapCapabilityMissing } from '@obmen/mail/errors'

import type { FormatMessages } from './messages.ts'

/** What happens during an exchange, in English. */
export function describeEvent(event: ExchangeEvent, format: FormatMessages): string | undefined {
  switch (event.kind) {
    case 'inbox-read':
      return `mailbox: ${format.messages(event.messages)} for this node`
    case 'unreadable-letter':
      return `a letter in the mailbox can't be read and is left alone: ${event.error.message}`
    case 'damaged-before':
      return `${event.node}: ${format.letters(event.messages)} still can't be read, the first is of message ${event.firstNo}; what is missing is asked for or sent again, and the letters may be removed by hand`
    case 'unknown-sender':
      return `${format.letters(event.messages)} from node ${event.node}, which is not added here: obmen node add ${event.node}`
    case 'fetching':
      return `${event.node}: fetching message ${event.messageNo}`
    case 'tried-again':
      return `${event.node}: trying message ${event.messageNo} again`
    case 'applying':
      return `${event.node}: applying message ${event.messageNo}, ${format.number(event.rowsDone)} of ${format.rows(event.rowCount)}`
    case 'applied':
      return `${event.node}: message ${event.messageNo} applied, ${format.rows(event.summary.applied)}${event.summary.refused > 0 ? `, ${format.number(event.summary.refused)} refused and waiting` : ''}`
    case 'column-narrower': {
      const { table, column, here, there } = event.column
      return `table ${table}: column ${column} is ${here} here and ${there} at ${event.node}: rows with a value that does not fit are set aside (obmen refused). Make the column as wide here; the rows then find their place by themselves`
    }
    case 'acknowledged':
      return `${event.node}: has received everything up to message ${event.messageNo}`
    case 'duplicate':
      return `${event.node}: message ${event.messageNo} came twice; it had no effect`
    case 'stale':
      return `${event.node}: message ${event.messageNo} is from before the new beginning; it had no effect`
    case 'gap':
      return `${event.node}: message ${event.messageNo} waits: after ${event.receivedNo} some are missing, and they are asked for`
    case 'offered-again':
      return `${event.node}: everything after message ${event.afterNo} is sent again: ${REASONS[event.reason]}`
    case 'fork':
      return `${event.node}: both sides begin anew: ${evidenceOf(event.evidence)}. Was one of them restored from a backup, or is there a copy of it?`
    case 'new-epoch':
      return `${event.node}: has begun anew; everything is compared once more`
    case 'writing':
      return `${event.node}: writing, ${format.rows(event.rowsDone)}`
    case 'sent':
      return `${event.node}: message ${event.messageNo} sent, ${format.rows(event.rowCount)}, ${format.size(event.sizeOctets)}`
    case 'difference':
      return `${event.node}: table ${event.difference.table} is not the same here and there; nothing was changed. See: obmen status`
    case 'keys-not-believed':
      return `${event.node}: says that its keys of table ${event.table} have come to ${format.number(event.said)}, and ${format.number(event.known)} is the highest one known here: it gets no new block of keys until rows with such keys have come, or until the number is set back there`
    case 'keys-beyond-column':
      return `table ${event.table}: the block of keys from ${format.number(event.block.first)} to ${format.number(event.block.last)} goes further than its key column, which ends at ${format.number(event.limit)}: make the column wider (bigint), or at the head office the blocks smaller (keyBlocks), before inserts fail`
    case 'keys-exhausted':
      return `${event.node}: no block of keys is left for table ${event.table}: its key ends at ${format.number(event.limit)}. Is one row's key much too great? Else make the column wider, or the blocks smaller (keyBlocks)`
    case 'window-full':
      return `${event.node}: ${format.messages(event.unacknowledged)} without an answer; the rest waits for it`
    case 'removal-unconfirmed':
      if (event.error instanceof ImapCapabilityMissing) {
        return 'letters that were dealt with stay, marked as deleted: so are others, and this mail server can only clear away all of them (it has no UIDPLUS)'
      }
      return 'letters that were dealt with could not be removed now; they are recognised the next time'
    case 'problem':
      return undefined
  }
}

function evidenceOf(evidence: ForkEvidence): string {
  switch (evidence.kind) {
    case 'received-otherwise':
      return `message ${evidence.messageNo} was received before with another content`
    case 'never-sent':
      return `it acknowledges message ${evidence.messageNo}, but the last one sent is ${evidence.sentNo}`
    case 'sent-otherwise':
      return `it acknowledges a message ${evidence.messageNo} that was not sent from here`
  }
}

type Reason = (ExchangeEvent & { readonly kind: 'offered-again' })['reason']

const REASONS: Readonly<Record<Reason, string>> = {
  gap: 'the node misses some of it',
  overdue: 'no answer has come for long',
  'file-missing': 'a message was no longer in the spool folder',
}
