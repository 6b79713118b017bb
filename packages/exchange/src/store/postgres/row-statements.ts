import { type CapturedTable, indexName, keyNames, logName } from './capture.ts'
import { quoteName } from './postgres-database.ts'
import { rowsFrom, writeColumn } from './row-batch.ts'
import { tableName, type UserColumn } from './user-table.ts'

/** The statements for rows of a table in some of its columns, key columns first: parameters are one array of texts for each column. */
export class RowStatements {
  /** The condition for a row `d` of the table being the row `v` of the parameters. */
  readonly isRow: string
  /** Locks the rows that are there, and gives their numbers. */
  readonly lock: string
  /** The same, and nobody may refer to them before our commit. */
  readonly lockWhole: string
  /** For each row its number, what the change index says of it, and whether the log has anything. */
  readonly entries: string
  /** The rows that are in the log, with their time. */
  readonly logged: string
  readonly delete: string
  /** Sees whether the change index has room for keys: an entry without a version, unless there is one. */
  readonly makeRoom: string
  /** Takes rows out of the change index. */
  readonly forget: string
  readonly update: string
  readonly insert: string
  /** Enters rows into the change index: keys, then position, stamp, origin, via, and whether the row is gone. */
  readonly record: string
  /** Gives the number of a row, the column and the form of a value that would not be kept as it is; absent where all are. */
  readonly inexact: string | undefined
  readonly #table: CapturedTable
  readonly #columns: readonly UserColumn[]

  constructor(table: CapturedTable, columns: readonly UserColumn[]) {
    this.#table = table
    this.#columns = columns
    const keyLength = table.key.length
    const keys = table.key.map(writeColumn)
    const keyRows = rowsFrom(keyLength)
    const rows = rowsFrom(columns.length)
    const target = tableName(table)
    const isEntry = keyNames(table).map((name, index) => `i.${name} = ${keys[index] ?? ''}`)
    const isEntryOfRow = isEntry.join(' AND ')
    this.isRow = table.key
      .map(({ name }, index) => `d.${quoteName(name)} = ${keys[index] ?? ''}`)
      .join(' AND ')
    const lock = `SELECT v.n FROM ${keyRows} JOIN ${target} d ON ${this.isRow}`
    this.lock = `${lock} FOR NO KEY UPDATE OF d`
    this.lockWhole = `${lock} FOR UPDATE OF d`
    this.entries = `
      SELECT v.n, i.seq, i.stamp, i.origin, i.via, i.base, EXISTS (SELECT 1 FROM ${logName(table)})
        FROM ${keyRows} LEFT JOIN ${indexName(table)} i ON ${isEntryOfRow}`
    this.logged = `
      SELECT v.n, max(i.at) FROM ${keyRows}
        JOIN (SELECT * FROM ${logName(table)} ${ofFirstKeys(table)}) i
          ON ${isEntryOfRow} GROUP BY v.n`
    this.delete = this.deleteOf(keyRows)
    this.makeRoom = `
      INSERT INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
      SELECT ${keys.join(', ')}, 0, 0, '', '', true FROM ${keyRows} ON CONFLICT DO NOTHING`
    this.forget = `DELETE FROM ${indexName(table)} i USING ${keyRows} WHERE ${isEntryOfRow}`
    this.update = this.updateOf(rows)
    this.insert = this.insertOf(rows)
    this.record = recordStatement(table, keys)
    this.inexact = this.inexactOf(rows)
  }

  /** The same statements for rows `v` that come from elsewhere. */
  deleteOf(rows: string): string {
    return `DELETE FROM ${tableName(this.#table)} d USING ${rows} WHERE ${this.isRow}`
  }

  updateOf(rows: string): string {
    const values = assignments(this.#table, this.#columns, writeColumn)
    return `UPDATE ${tableName(this.#table)} d SET ${values} FROM ${rows} WHERE ${this.isRow}`
  }

  insertOf(rows: string): string {
    const names = this.#columns.map(({ name }) => quoteName(name)).join(', ')
    return `
      INSERT INTO ${tableName(this.#table)} (${names}) OVERRIDING SYSTEM VALUE
      SELECT ${this.#columns.map(writeColumn).join(', ')} FROM ${rows} ORDER BY v.n`
  }

  inexactOf(rows: string): string | undefined {
    return inexactStatement(this.#columns, rows)
  }
}

/** `"name" = …, …` for an UPDATE. The key is written too where equal keys may differ in their form. */
export function assignments(
  table: CapturedTable,
  columns: readonly UserColumn[],
  valueOf: (column: UserColumn, index: number) => string,
): string {
  const all = columns.map((column, index) => {
    return `${quoteName(column.name)} = ${valueOf(column, index)}`
  })
  const isLoose = table.key.map(
    ({ codec, looseCollation }) => codec.collation !== undefined || looseCollation !== undefined,
  )
  const written = all.filter((_, index) => index >= table.key.length || isLoose[index] === true)
  return (written.length === 0 ? all.slice(0, 1) : written).join(', ')
}

function recordStatement(table: CapturedTable, keys: readonly string[]): string {
  const names = keyNames(table).join(', ')
  const width = keys.length + 5
  const [seq, stamp, origin, via, gone] = [1, 2, 3, 4, 5].map((nth) => `v.t${keys.length + nth}`)
  return `
    INSERT INTO ${indexName(table)} (${names}, seq, stamp, origin, via, gone)
    SELECT ${keys.join(', ')}, ${seq}::bigint, ${stamp}::bigint, ${origin}, ${via}, ${gone}::boolean
      FROM ${rowsFrom(width)}
    ON CONFLICT (${names}) DO UPDATE SET
      seq = excluded.seq, stamp = excluded.stamp, origin = excluded.origin, via = excluded.via, gone = excluded.gone,
      base = CASE excluded.via WHEN '' THEN excluded.stamp - 1 END`
}

function inexactStatement(columns: readonly UserColumn[], rows: string): string | undefined {
  const checks = columns.flatMap(({ codec, declared }, index) => {
    if (codec.isExact === undefined) return []
    const text = `v.t${index + 1}`
    const fault = `NOT coalesce(${codec.isExact(text, declared)}, true)`
    return [{ index, fault, form: `${text}::${declared}::text` }]
  })
  if (checks.length === 0) return undefined
  const column = checks.map(({ index, fault }) => `WHEN ${fault} THEN ${index}`).join(' ')
  const form = checks.map(({ fault, form: kept }) => `WHEN ${fault} THEN ${kept}`).join(' ')
  const isFaulty = checks.map(({ fault }) => fault).join(' OR ')
  return `SELECT v.n, CASE ${column} END, CASE ${form} END FROM ${rows} WHERE ${isFaulty}`
}

/** Lets most of a log go before it is joined. PostgreSQL takes an array of arrays for one array of more dimensions, so it finds no array in it. */
function ofFirstKeys({ key: [first] }: CapturedTable): string {
  if (first === undefined || first.base.endsWith('[]')) return ''
  return `WHERE k1 = ANY ($1::text[]::${first.declared}[])`
}
