import { type KeyBlock, keysLeft, type KeyPosition } from '../plan/key-blocks.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { KeyLedger, KeyState, KeyTable } from './key-ledger.ts'

/** How this node stands with its keys; at the head office, how every node does that has said so. */
export async function readKeyStates(ledger: KeyLedger): Promise<readonly KeyState[]> {
  const states: KeyState[] = []
  for (const table of await ledger.tables()) {
    const { thisNode } = ledger
    const own = await ledger.newestBlock(table.table, thisNode)
    states.push(stateOf(table, { node: thisNode, block: own, at: table }))
    if (thisNode !== ledger.mainNode) continue
    for (const [node, report] of await ledger.reports(table.table)) {
      if (node !== thisNode) states.push(stateOf(table, { node, block: report.block, at: report }))
    }
  }
  return states
}

function stateOf(
  { table, rule }: KeyTable,
  known: {
    readonly node: NodeCode
    readonly block: KeyBlock | undefined
    readonly at: KeyPosition
  },
): KeyState {
  const { node, block, at } = known
  const left = block === undefined ? 0 : keysLeft(block, at)
  return { table, node, block, left, isShort: block === undefined || left < rule.reserve }
}
