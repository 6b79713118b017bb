import { NodeUnknown } from '../plan/errors.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { ChangeStore, StoreTransaction } from '../store/change-store.ts'

/** Does something with the states of nodes, all in one transaction. A node that was removed meanwhile is passed over. */
export async function withNodes<Result>(
  store: ChangeStore,
  codes: readonly NodeCode[],
  work: (node: NodeState, transaction: StoreTransaction) => Result | Promise<Result>,
): Promise<ReadonlyMap<NodeCode, Result>> {
  const results = new Map<NodeCode, Result>()
  if (codes.length === 0) return results
  await store.transaction(async (transaction) => {
    for (const code of codes) {
      const node = await findNode(transaction, code)
      if (node !== undefined) results.set(code, await work(node, transaction))
    }
  })
  return results
}

async function findNode(
  transaction: StoreTransaction,
  code: NodeCode,
): Promise<NodeState | undefined> {
  try {
    return await transaction.node(code)
  } catch (error) {
    if (error instanceof NodeUnknown) return undefined
    throw error
  }
}
