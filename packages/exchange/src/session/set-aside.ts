/** Rows that a node could not take, told to the node that they came from. */
import type { MessageHeader } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import { oweAnswer } from '../plan/reception.ts'
import { isStopped } from '../plan/standing.ts'
import type { StoreTransaction } from '../store/change-store.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { withNodes } from './with-nodes.ts'

/** Nodes that were told something else than what is so by now are owed a message. */
export async function tellOfSetAside(
  { store }: ExchangeContext,
  codes: readonly NodeCode[],
): Promise<void> {
  await withNodes(store, codes, async (node, transaction) => {
    if (!isStopped(node)) await transaction.saveNode(oweAnswer(node))
  })
}

/** Keeps what the sender of a message says of our rows. */
export async function keepWhatIsSaid(
  transaction: StoreTransaction,
  { from: node, setAside }: MessageHeader,
  toldAt: number,
): Promise<void> {
  const { rowCount, rows } = setAside ?? { rowCount: 0, rows: [] }
  await transaction.keepSetAsideThere({ node, rowCount, rows, toldAt })
}
