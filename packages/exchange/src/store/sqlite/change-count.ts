/**
 * How many changes wait for nodes, from change index and log alone.
 *
 * Nodes that are at the same position have the same to come, but for what came from them: so the index is read once for each position,
 * not once for each node.
 */
import type { CountRequest } from '../change-store.ts'
import { indexName, keyNames, logName } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

export function countChanges(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  requests: readonly CountRequest[],
): number[] {
  const sent = tables.filter(({ direction }) => direction !== 'in')
  const byPosition = new Map<number, Waiting>()
  return requests.map(({ forNode, afterSeq }) => {
    const waiting = byPosition.get(afterSeq) ?? readWaiting(database, sent, afterSeq)
    byPosition.set(afterSeq, waiting)
    return waiting.total - (waiting.bySender.get(forNode) ?? 0)
  })
}

interface Waiting {
  readonly total: number
  readonly bySender: ReadonlyMap<string, number>
}

function readWaiting(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  afterSeq: number,
): Waiting {
  let total = 0
  const bySender = new Map<string, number>()
  for (const table of tables) {
    for (const [via, rows] of new Query(database, countStatement(table)).all(BigInt(afterSeq))) {
      total += toNumber(rows)
      bySender.set(toText(via), (bySender.get(toText(via)) ?? 0) + toNumber(rows))
    }
  }
  return { total, bySender }
}

/** A row that has changed again since it got its position is a change of this node by now. */
function countStatement(table: RuledTable): string {
  const keys = keyNames(table).join(', ')
  return `
    SELECT via, count(*) FROM (
      SELECT i.via FROM ${indexName(table)} i
       WHERE i.seq > ?1 AND i.seq NOT IN (SELECT seq FROM obmen_unsent)
         AND (${keyNames(table)
           .map((key) => `i.${key}`)
           .join(', ')}) NOT IN (SELECT ${keys} FROM ${logName(table)})
       UNION ALL
      SELECT '' FROM (SELECT DISTINCT ${keys} FROM ${logName(table)})
    ) GROUP BY via`
}
