/** Nodes with which nothing is exchanged until a person has decided. */
import { type NodeCode, parseNodeCode } from '../plan/node-code.ts'
import type { Stop } from '../plan/standing.ts'
import { type Bookkeeping, textOf } from './bookkeeping.ts'
import { parseStanding } from './standing-text.ts'

export async function readStopped({
  tables,
  all,
}: Bookkeeping): Promise<ReadonlyMap<NodeCode, Stop>> {
  const stopped = new Map<NodeCode, Stop>()
  const nodes = await all(`SELECT code, standing FROM ${tables.nodes} WHERE standing <> ''`)
  for (const [code, standing] of nodes) {
    const stop = parseStanding(textOf(standing))?.stop
    if (stop !== undefined) stopped.set(parseNodeCode(textOf(code)), stop)
  }
  return stopped
}

/** Of nodes for which there may be something to do, those with which something is exchanged, and those that are to be told that nothing is. */
export async function withoutStopped(
  { tables, all }: Bookkeeping,
  codes: readonly NodeCode[],
  stopped: ReadonlyMap<NodeCode, Stop>,
): Promise<readonly NodeCode[]> {
  if (stopped.size === 0) return codes
  const owing = await all(`SELECT code FROM ${tables.nodes} WHERE owes_acknowledgement`)
  const owed = new Set(owing.map(([code]) => textOf(code)))
  return codes.filter((code) => {
    const stop = stopped.get(code)
    return stop === undefined || (stop.twice === 'there' && owed.has(code))
  })
}
