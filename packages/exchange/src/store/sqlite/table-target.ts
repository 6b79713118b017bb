import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { RowVersion } from '../../plan/row-version.ts'
import { SchemaMismatch } from '../errors.ts'
import { type CapturedTable, indexName, keyNames } from './capture.ts'
import { Query, quoteName, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'

/** What the change index says of a row. */
export interface IndexEntry extends RowVersion {
  readonly seq: number
  readonly via: string
}

/** A table of this database as the target of a sender's rows: the statements for the columns that the sender names. */
export class TableTarget {
  readonly line: TableLine
  readonly #entry: Query
  readonly #row: Query
  readonly #upsert: Query
  readonly #delete: Query
  readonly #record: Query

  constructor(database: SqliteDatabase, table: CapturedTable, line: TableLine) {
    checkColumns(table, line)
    this.line = line
    const target = quoteName(table.name)
    const keys = keyNames(table).join(', ')
    const columns = line.columns.map(({ name }) => quoteName(name))
    const isKey = table.key.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ')
    const isEntry = keyNames(table)
      .map((name) => `${name} = ?`)
      .join(' AND ')
    this.#entry = new Query(
      database,
      `SELECT seq, stamp, origin, via FROM ${indexName(table)} WHERE ${isEntry}`,
    )
    this.#row = new Query(database, `SELECT ${columns.join(', ')} FROM ${target} WHERE ${isKey}`)
    this.#upsert = new Query(database, upsertStatement(target, columns, line.keyLength))
    this.#delete = new Query(database, `DELETE FROM ${target} WHERE ${isKey}`)
    this.#record = new Query(
      database,
      `INSERT INTO ${indexName(table)} (${keys}, seq, stamp, origin, via)
       VALUES (${'?, '.repeat(table.key.length)}?, ?, ?, ?)
       ON CONFLICT (${keys}) DO UPDATE SET
         seq = excluded.seq, stamp = excluded.stamp, origin = excluded.origin, via = excluded.via`,
    )
  }

  keyOf(row: RowLine): readonly Value[] {
    return row.values.slice(0, this.line.keyLength)
  }

  entryOf(row: RowLine): IndexEntry | undefined {
    const entry = this.#entry.first(...this.keyOf(row))
    if (entry === undefined) return undefined
    const [seq, stamp, origin, via] = entry
    return {
      seq: toNumber(seq),
      stamp: toNumber(stamp),
      origin: parseNodeCode(String(origin)),
      via: String(via),
    }
  }

  /** The row as it is here, in the sender's columns; `undefined` when there is none. */
  presentRow(row: RowLine): readonly Value[] | undefined {
    return this.#row.first(...this.keyOf(row))
  }

  /** Writes or deletes the row. Throws what the database says when it refuses. */
  write(row: RowLine): void {
    if (row.kind === 'row') this.#upsert.run(...row.values)
    else this.#delete.run(...row.values)
  }

  delete(row: RowLine): void {
    this.#delete.run(...this.keyOf(row))
  }

  /** Gives the row the sender's version and a position of its own, so that it travels on to the other nodes. */
  record(row: RowLine, seq: number, via: NodeCode): void {
    this.#record.run(...this.keyOf(row), BigInt(seq), BigInt(row.stamp), row.origin, via)
  }
}

function upsertStatement(target: string, columns: readonly string[], keyLength: number): string {
  const updates = columns.slice(keyLength).map((column) => `${column} = excluded.${column}`)
  return (
    `INSERT INTO ${target} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
    `ON CONFLICT (${columns.slice(0, keyLength).join(', ')}) DO ` +
    (updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`)
  )
}

/** Columns that are here and not there keep their values; the other way round there would be no place for them. */
function checkColumns(table: CapturedTable, line: TableLine): void {
  const theirKey = line.columns.slice(0, line.keyLength).map(({ name }) => name)
  const ourKey = table.key.map(({ name }) => name)
  if (theirKey.join('\0') !== ourKey.join('\0')) {
    throw new SchemaMismatch(
      table.name,
      `its primary key is (${ourKey.join(', ')}) here and (${theirKey.join(', ')}) at the sender`,
    )
  }
  const here = new Set(table.others.map(({ name }) => name))
  const missing = line.columns.slice(line.keyLength).filter(({ name }) => !here.has(name))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => JSON.stringify(name)).join(', ')
    throw new SchemaMismatch(table.name, `the sender has ${names}, which is missing here`)
  }
}
