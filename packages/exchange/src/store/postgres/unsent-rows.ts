/** Rows that can't be sent as they are, as rows of `obmen_exchange.unsent`. */
import type { UnsentRow } from '../change-store.ts'
import { type CapturedTable, indexName } from './capture.ts'
import { type Connection, type SqlRow, toNumber, toText } from './postgres-database.ts'

/** Those that still are as they were when they were set aside. */
export async function readUnsent(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<UnsentRow[]> {
  const rows = await connection.all(
    `SELECT seq, table_name, row_key, column_name, size_octets, limit_octets, set_aside_at
       FROM obmen_exchange.unsent ORDER BY seq`,
  )
  const unsent: UnsentRow[] = []
  for (const row of rows.map(toUnsentRow)) {
    if (await isAtPosition(connection, tables, row)) unsent.push(row)
  }
  return unsent
}

function toUnsentRow(row: SqlRow): UnsentRow {
  const [seq, table, key, column = null, sizeOctets, limitOctets, setAsideAt] = row
  const size = { sizeOctets: toNumber(sizeOctets), limitOctets: toNumber(limitOctets) }
  return {
    table: toText(table),
    key: toText(key),
    seq: toNumber(seq),
    reason: column === null ? { kind: 'too-large', ...size } : { kind: 'not-utf8', column },
    setAsideAt: toNumber(setAsideAt),
  }
}

async function isAtPosition(
  connection: Connection,
  tables: readonly CapturedTable[],
  row: UnsentRow,
): Promise<boolean> {
  const table = tables.find(({ name }) => name === row.table)
  if (table === undefined) return false
  const entry = await connection.first(
    `SELECT gone FROM ${indexName(table)} WHERE seq = $1`,
    row.seq,
  )
  return entry?.[0] === 'f'
}

export async function writeUnsent(
  connection: Connection,
  rows: readonly UnsentRow[],
): Promise<void> {
  for (const { seq, table, key, reason, setAsideAt } of rows) {
    const isText = reason.kind === 'not-utf8'
    await connection.run(
      `INSERT INTO obmen_exchange.unsent VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (seq) DO UPDATE SET
         (table_name, row_key, column_name, size_octets, limit_octets, set_aside_at) =
         (excluded.table_name, excluded.row_key, excluded.column_name, excluded.size_octets,
          excluded.limit_octets, excluded.set_aside_at)`,
      seq,
      table,
      key,
      isText ? reason.column : null,
      isText ? 0 : reason.sizeOctets,
      isText ? 0 : reason.limitOctets,
      setAsideAt,
    )
  }
}

/** Gives the rows positions above the last one, so that they are read again. Gives the last position. */
export async function takeUp(
  connection: Connection,
  tables: readonly CapturedTable[],
  { rows, headSeq }: { readonly rows: readonly UnsentRow[]; readonly headSeq: number },
): Promise<number> {
  let lastSeq = headSeq
  for (const row of rows) {
    const table = tables.find(({ name }) => name === row.table)
    await connection.run('DELETE FROM obmen_exchange.unsent WHERE seq = $1', row.seq)
    if (table === undefined) continue
    const move = `UPDATE ${indexName(table)} SET seq = $1 WHERE seq = $2`
    lastSeq += await connection.run(move, lastSeq + 1, row.seq)
  }
  return lastSeq
}

/** Forgets those that have changed since: what they are now was sent, or set aside anew. */
export async function forgetChanged(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<void> {
  const seqs = await connection.all('SELECT seq FROM obmen_exchange.unsent')
  if (seqs.length === 0) return
  const present = new Set((await readUnsent(connection, tables)).map(({ seq }) => seq))
  for (const [seq] of seqs) {
    if (present.has(toNumber(seq))) continue
    await connection.run('DELETE FROM obmen_exchange.unsent WHERE seq = $1', toNumber(seq))
  }
}
