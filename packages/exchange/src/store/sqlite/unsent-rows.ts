/** Rows that can't be sent as they are, as rows of `obmen_unsent`. */
import type { UnsentRow } from '../change-store.ts'
import { type CapturedTable, indexName } from './capture.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** Those that still are as they were when they were set aside. */
export function readUnsent(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
): UnsentRow[] {
  const rows = new Query(
    database,
    `SELECT seq, table_name, row_key, column_name, size_octets, limit_octets, set_aside_at
       FROM obmen_unsent ORDER BY seq`,
  ).all()
  return rows
    .map(([seq, table, key, column, sizeOctets, limitOctets, setAsideAt]): UnsentRow => ({
      table: toText(table),
      key: toText(key),
      seq: toNumber(seq),
      reason:
        column === null
          ? {
              kind: 'too-large',
              sizeOctets: toNumber(sizeOctets),
              limitOctets: toNumber(limitOctets),
            }
          : { kind: 'not-utf8', column: toText(column) },
      setAsideAt: toNumber(setAsideAt),
    }))
    .filter((row) => isAtPosition(database, tables, row))
}

function isAtPosition(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  row: UnsentRow,
): boolean {
  const table = tables.find(({ name }) => name === row.table)
  if (table === undefined) return false
  const entry = new Query(database, `SELECT gone FROM ${indexName(table)} WHERE seq = ?`)
  return entry.first(BigInt(row.seq))?.[0] === 0n
}

export function writeUnsent(database: SqliteDatabase, rows: readonly UnsentRow[]): void {
  const write = new Query(
    database,
    'INSERT OR REPLACE INTO obmen_unsent VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  for (const { seq, table, key, reason, setAsideAt } of rows) {
    const isText = reason.kind === 'not-utf8'
    write.run(
      BigInt(seq),
      table,
      key,
      isText ? reason.column : null,
      isText ? 0n : BigInt(reason.sizeOctets),
      isText ? 0n : BigInt(reason.limitOctets),
      BigInt(setAsideAt),
    )
  }
}

/** Gives the rows positions above the last one, so that they are read again. Gives the last position. */
export function takeUp(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  { rows, headSeq }: { readonly rows: readonly UnsentRow[]; readonly headSeq: number },
): number {
  let lastSeq = headSeq
  for (const row of rows) {
    const table = tables.find(({ name }) => name === row.table)
    new Query(database, 'DELETE FROM obmen_unsent WHERE seq = ?').run(BigInt(row.seq))
    if (table === undefined) continue
    const move = new Query(database, `UPDATE ${indexName(table)} SET seq = ? WHERE seq = ?`)
    lastSeq += move.run(BigInt(lastSeq + 1), BigInt(row.seq))
  }
  return lastSeq
}

/** Forgets those that have changed since: what they are now was sent, or set aside anew. */
export function forgetChanged(database: SqliteDatabase, tables: readonly CapturedTable[]): void {
  const seqs = new Query(database, 'SELECT seq FROM obmen_unsent').all()
  if (seqs.length === 0) return
  const present = new Set(readUnsent(database, tables).map(({ seq }) => seq))
  const forget = new Query(database, 'DELETE FROM obmen_unsent WHERE seq = ?')
  for (const [seq = null] of seqs) if (!present.has(toNumber(seq))) forget.run(seq)
}
