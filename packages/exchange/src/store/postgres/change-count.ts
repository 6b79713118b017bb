/**
 * How many changes wait for nodes, from change index and log alone.
 *
 * Nodes that are at the same position have the same to come, but for what came from them: so the index is read once for each position,
 * not once for each node.
 */
import type { CountRequest } from '../change-store.ts'
import { indexName, keyNames, logName } from './capture.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'
import type { RuledTable } from './ruled-table.ts'

export async function countChanges(
  connection: Connection,
  tables: readonly RuledTable[],
  requests: readonly CountRequest[],
): Promise<number[]> {
  const sent = tables.filter(({ direction }) => direction !== 'in')
  const byPosition = new Map<number, Waiting>()
  for (const { afterSeq } of requests) {
    if (byPosition.has(afterSeq)) continue
    byPosition.set(afterSeq, await readWaiting(connection, sent, afterSeq))
  }
  return requests.map(({ forNode, afterSeq }) => {
    const waiting = byPosition.get(afterSeq)
    return (waiting?.total ?? 0) - (waiting?.bySender.get(forNode) ?? 0)
  })
}

interface Waiting {
  readonly total: number
  readonly bySender: ReadonlyMap<string, number>
}

async function readWaiting(
  connection: Connection,
  tables: readonly RuledTable[],
  afterSeq: number,
): Promise<Waiting> {
  let total = 0
  const bySender = new Map<string, number>()
  for (const table of tables) {
    for (const [via, rows] of await connection.all(countStatement(table), afterSeq)) {
      total += toNumber(rows)
      bySender.set(toText(via), (bySender.get(toText(via)) ?? 0) + toNumber(rows))
    }
  }
  return { total, bySender }
}

/** A row that has changed again since it got its position is a change of this node by now. */
function countStatement(table: RuledTable): string {
  const keys = keyNames(table)
  const isLogged = keys.map((key) => `l.${key} = i.${key}`).join(' AND ')
  return `
    SELECT via, count(*) FROM (
      SELECT i.via FROM ${indexName(table)} i
       WHERE i.seq > $1::bigint AND i.seq NOT IN (SELECT seq FROM obmen_exchange.unsent)
         AND NOT EXISTS (SELECT 1 FROM ${logName(table)} l WHERE ${isLogged})
       UNION ALL
      SELECT '' FROM (SELECT DISTINCT ${keys.join(', ')} FROM ${logName(table)}) k
    ) w GROUP BY via`
}
