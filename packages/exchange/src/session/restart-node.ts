import type { NodeCode } from '../plan/node-code.ts'
import { beginEpoch } from '../plan/reception.ts'
import { withoutStop } from '../plan/standing.ts'
import type { ExchangeContext } from './exchange-context.ts'
import { KeyBlocks } from './key-blocks.ts'

/**
 * Begins the exchange with a node anew: with the next exchange both sides offer everything that they share, and of each row the newer
 * version wins. It ends what a {@link NodeRunsTwice} has stopped, and brings to light what is not the same on both sides: rows of one
 * version with two contents are put on record as conflicts. Throws {@link NodeUnknown}.
 */
export function restartNode(
  { store, spoolFolder, newUuid }: Pick<ExchangeContext, 'store' | 'spoolFolder' | 'newUuid'>,
  code: NodeCode,
): Promise<void> {
  return store.transaction(async (transaction) => {
    const { standing, ...node } = await transaction.node(code)
    const known = standing === undefined ? node : { ...node, standing: withoutStop(standing) }
    await transaction.saveNode(beginEpoch(known, newUuid()))
    await transaction.forgetVia(code)
    await transaction.enterUnknown()
    await new KeyBlocks({ spoolFolder }).beginAnew(transaction, code)
  })
}
