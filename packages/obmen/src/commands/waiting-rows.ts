import type { ChangeStore, NodeState } from '@obmen/exchange'

/** Counting reads the rows themselves, so a first load is not counted to its end. */
const MAX_COUNTED_ROWS = 100_000

/** How much there is for a node that is in no message yet. */
export interface WaitingRows {
  readonly waitingRows: number
  /** Counting ended early: there are more. */
  readonly hasMoreWaiting: boolean
}

/** Counts the rows up to a position of the change index that the node is not yet offered. */
export async function countWaitingRows(
  store: ChangeStore,
  node: NodeState,
  throughSeq: number,
): Promise<WaitingRows> {
  const request = { forNode: node.code, afterSeq: node.offeredSeq, throughSeq }
  let waitingRows = 0
  for await (const { changes } of store.readChanges(request)) {
    waitingRows += changes.length
    if (waitingRows >= MAX_COUNTED_ROWS) return { waitingRows, hasMoreWaiting: true }
  }
  return { waitingRows, hasMoreWaiting: false }
}
