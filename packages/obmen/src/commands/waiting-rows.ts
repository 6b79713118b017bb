import type { ChangeStore, NodeState } from '@obmen/exchange'

/** How much there is for a node that is in no message yet. */
export interface WaitingRows {
  readonly waitingRows: number
}

/** Counts the rows that nodes are not yet offered, those too that were changed since the last exchange. */
export async function countWaitingRows(
  store: ChangeStore,
  nodes: readonly NodeState[],
): Promise<readonly WaitingRows[]> {
  const requests = nodes.map(({ code, offeredSeq }) => ({ forNode: code, afterSeq: offeredSeq }))
  const counts = await store.countChanges(requests)
  return counts.map((waitingRows) => ({ waitingRows }))
}
