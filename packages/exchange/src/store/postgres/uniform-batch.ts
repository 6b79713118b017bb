import { indexName, keyNames } from './capture.ts'
import { type Connection, quoteName } from './postgres-database.ts'
import { rowsFrom, writeColumn } from './row-batch.ts'
import { assignments } from './row-statements.ts'
import type { RuledTable } from './ruled-table.ts'
import { tableName, type UserColumn } from './user-table.ts'

/** What the rows of a batch have in common: the change index has an entry for none of them, or for all, and these are there. */
export type Uniformity = 'new' | 'known'

/** Rows as they are bound: arrays of texts, and what the statement for the entries is given beside the keys. */
export interface BoundBatch {
  readonly rowCount: number
  readonly columns: readonly string[]
  /** Stamps and origins. */
  readonly versions: readonly string[]
  /** Sender, position that it has acknowledged, this node if the sender begins anew, and the position behind which the rows get theirs. */
  readonly terms: readonly (string | number | null)[]
}

interface Statements {
  /** Enters the rows into the change index. Parameters: keys, versions, terms. */
  readonly entries: string
  /** Writes the rows. Parameters: the columns. */
  readonly rows: string
}

/** The conditions under which an entry `i` is older than the row `v`, and known to the sender of the row. */
export function isOutdone(version: {
  readonly stamp: string
  readonly origin: string
  readonly sender: string
  readonly acknowledged: string
  readonly anew: string
}): string {
  const { stamp, origin, sender, acknowledged, anew } = version
  return (
    `(i.stamp < ${stamp} AND (i.via = ${sender} OR i.seq <= ${acknowledged}::bigint` +
    ` OR i.origin = ${origin} OR i.origin <> ${anew}))`
  )
}

/**
 * Writes batches all of whose rows are new, or all known, by two statements that each do one thing: entries first, then rows. Neither has to
 * keep the rows for other parts of it, as a statement does that judges row by row.
 */
export class UniformBatches {
  readonly #keyLength: number
  readonly #statements: Readonly<Record<Uniformity, Statements>>

  constructor(options: {
    readonly table: RuledTable
    readonly columns: readonly UserColumn[]
    readonly parents: string | undefined
  }) {
    const { table, columns, parents } = options
    this.#keyLength = table.key.length
    this.#statements = {
      new: { entries: enterStatement(table), rows: insertStatement(table, columns, parents) },
      known: { entries: renewStatement(table), rows: updateStatement(table, columns, parents) },
    }
  }

  /** Gives whether all rows were as they should be, and are written. If not, nothing must stay of it. */
  async write(connection: Connection, kind: Uniformity, batch: BoundBatch): Promise<boolean> {
    const { entries, rows } = this.#statements[kind]
    const { columns, versions, terms, rowCount } = batch
    const keys = columns.slice(0, this.#keyLength)
    const entered = await connection.run(entries, ...keys, ...versions, ...terms)
    return entered === rowCount && (await connection.run(rows, ...columns)) === rowCount
  }
}

/** The parameters of a statement for entries, and the condition for an entry `i` being that of a row `v`. */
function entryParts(table: RuledTable): {
  readonly from: string
  readonly keys: readonly string[]
  readonly isEntry: string
  readonly stamp: string
  readonly origin: string
  readonly sender: string
  readonly acknowledged: string
  readonly anew: string
  readonly seq: string
} {
  const width = table.key.length
  const keys = table.key.map(writeColumn)
  const [sender = '', acknowledged = '', anew = '', afterSeq = ''] = [3, 4, 5, 6].map(
    (nth) => `$${width + nth}`,
  )
  return {
    from: rowsFrom(width + 2),
    keys,
    isEntry: keyNames(table)
      .map((name, index) => `i.${name} = ${keys[index] ?? ''}`)
      .join(' AND '),
    stamp: `v.t${width + 1}::bigint`,
    origin: `v.t${width + 2}`,
    sender: `${sender}::text`,
    acknowledged,
    anew: `${anew}::text`,
    seq: `${afterSeq}::bigint + v.n`,
  }
}

/** Of terms that don't matter for a new row, PostgreSQL has to be told the types all the same. */
function enterStatement(table: RuledTable): string {
  const { from, keys, isEntry, stamp, origin, sender, acknowledged, anew, seq } = entryParts(table)
  return `
    INSERT INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
    SELECT ${keys.join(', ')}, ${seq}, ${stamp}, ${origin}, ${sender}, false FROM ${from}
     WHERE NOT EXISTS (SELECT 1 FROM ${indexName(table)} i WHERE ${isEntry})
       AND (${acknowledged}::bigint IS NOT NULL OR ${anew} IS NOT NULL)`
}

function renewStatement(table: RuledTable): string {
  const parts = entryParts(table)
  const { from, isEntry, stamp, origin, sender, seq } = parts
  return `
    UPDATE ${indexName(table)} i
       SET seq = ${seq}, stamp = ${stamp}, origin = ${origin}, via = ${sender}, gone = false, base = NULL
      FROM ${from} WHERE ${isEntry} AND NOT i.gone AND ${isOutdone(parts)}`
}

function insertStatement(
  table: RuledTable,
  columns: readonly UserColumn[],
  parents: string | undefined,
): string {
  return `
    INSERT INTO ${tableName(table)} (${columns.map(({ name }) => quoteName(name)).join(', ')}) OVERRIDING SYSTEM VALUE
    SELECT ${columns.map(writeColumn).join(', ')} FROM ${rowsFrom(columns.length)} WHERE ${parents ?? 'true'}`
}

function updateStatement(
  table: RuledTable,
  columns: readonly UserColumn[],
  parents: string | undefined,
): string {
  const isRow = table.key
    .map((column, index) => `d.${quoteName(column.name)} = ${writeColumn(column, index)}`)
    .join(' AND ')
  return `
    UPDATE ${tableName(table)} d SET ${assignments(table, columns, writeColumn)}
      FROM ${rowsFrom(columns.length)} WHERE ${isRow} AND ${parents ?? 'true'}`
}
