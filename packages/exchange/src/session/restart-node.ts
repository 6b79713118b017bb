import type { NodeCode } from '../plan/node-code.ts'
import { beginEpoch } from '../plan/reception.ts'
import { withoutStop } from '../plan/standing.ts'
import type { ChangeStore } from '../store/change-store.ts'

/**
 * Begins the exchange with a node anew: with the next exchange both sides offer everything that they share, and of each row the newer
 * version wins. It ends what a {@link NodeRunsTwice} has stopped, and brings to light what is not the same on both sides: rows of one
 * version with two contents are put on record as conflicts. `uuid` is new. Throws {@link NodeUnknown}.
 */
export function restartNode(store: ChangeStore, code: NodeCode, uuid: string): Promise<void> {
  return store.transaction(async (transaction) => {
    const { standing, ...node } = await transaction.node(code)
    const known = standing === undefined ? node : { ...node, standing: withoutStop(standing) }
    await transaction.saveNode(beginEpoch(known, uuid))
    await transaction.forgetVia(code)
    await transaction.enterUnknown()
  })
}
