/** Compares what a sender says of its tables with what is here: a difference that nobody has caused knowingly is told, never mended. */
import type { PartSum, TableSum } from '../message/check-line.ts'
import { NO_MESSAGE } from '../plan/message-no.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import type { TableDiffers } from '../store/change-store.ts'
import type { ExchangeContext } from './exchange-context.ts'
import type { VerifiedMessage } from './message-reader.ts'

/**
 * To be called when a message has been applied, and before the next one is. What the sender summed is its tables as of this message, with
 * everything of ours that it acknowledges; what is summed here leaves out what it does not know yet.
 */
export async function compareTables(
  context: ExchangeContext,
  node: NodeState,
  { header, checks }: VerifiedMessage,
): Promise<void> {
  const acknowledgedNo = header.acknowledges?.messageNo ?? NO_MESSAGE
  // An acknowledgement that comes late says less than what we know: then nobody can say what was summed.
  if (checks.length === 0 || acknowledgedNo !== node.acknowledgedNo) return
  const { store, now, onEvent } = context
  const ours = await store.sumTables({
    throughSeq: node.acknowledgedSeq,
    knownTo: node.code,
    columns: new Map(
      checks.map(({ table, keyLength, columns }) => [table, { keyLength, columns }]),
    ),
  })
  const theirs = new Map(checks.map((sum) => [sum.table, sum]))
  const comparisons = ours.flatMap((sum) => {
    const their = theirs.get(sum.table)
    return their === undefined ? [] : [compare(sum, their)]
  })
  const found = await store.transaction(async (transaction) => {
    const before = await transaction.differencesWith(node.code)
    const at = { node: node.code, nowMs: now() }
    const { known, isNews } = merge(before, comparisons, at)
    if (before.length > 0 || known.length > 0) await transaction.saveDifferences(node.code, known)
    return known.filter(({ table }) => isNews.has(table))
  })
  for (const difference of found) onEvent?.({ kind: 'difference', node: node.code, difference })
}

/** The parts of a table that both sides have summed. */
interface Comparison {
  readonly table: string
  readonly equal: ReadonlySet<number>
  readonly different: ReadonlyMap<number, { readonly here: number; readonly there: number }>
}

function compare(ours: TableSum, theirs: TableSum): Comparison {
  const equal = new Set<number>()
  const different = new Map<number, { here: number; there: number }>()
  const isComparable = ours.parts.length === theirs.parts.length
  for (const [part, our] of isComparable ? ours.parts.entries() : []) {
    const their = theirs.parts[part]
    if (our === undefined || their === undefined) continue
    if (isSame(our, their)) equal.add(part)
    else different.set(part, { here: our.rowCount, there: their.rowCount })
  }
  return { table: ours.table, equal, different }
}

function isSame(one: PartSum, other: PartSum): boolean {
  return one.rowCount === other.rowCount && one.sum === other.sum
}

/** What is known by now: a part that was different stays so until it was compared and found equal. */
function merge(
  before: readonly TableDiffers[],
  comparisons: readonly Comparison[],
  at: { readonly node: NodeCode; readonly nowMs: number },
): { readonly known: readonly TableDiffers[]; readonly isNews: ReadonlySet<string> } {
  const known = new Map(before.map((differs) => [differs.table, differs]))
  const isNews = new Set<string>()
  for (const { table, equal, different } of comparisons) {
    const old = known.get(table)
    const left = (old?.parts ?? []).filter((part) => !equal.has(part) && !different.has(part))
    const parts = [...left, ...different.keys()].toSorted((a, b) => a - b)
    if (parts.length === 0) known.delete(table)
    if (different.size === 0) continue
    isNews.add(table)
    const counts = [...different.values()]
    known.set(table, {
      node: at.node,
      table,
      parts,
      rowsHere: counts.reduce((sum, { here }) => sum + here, 0),
      rowsThere: counts.reduce((sum, { there }) => sum + there, 0),
      foundAt: old?.foundAt ?? at.nowMs,
    })
  }
  return { known: [...known.values()], isNews }
}
