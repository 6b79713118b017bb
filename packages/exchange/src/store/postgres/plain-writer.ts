import type { RowLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlainTerms } from '../apply/table-target.ts'
import { indexName, keyNames, logName } from './capture.ts'
import {
  type Connection,
  isNotSupported,
  isRefusal,
  quoteName,
  toArray,
  toNumber,
} from './postgres-database.ts'
import { type RowTexts, rowsFrom, writeColumn } from './row-batch.ts'
import { assignments } from './row-statements.ts'
import type { RuledTable } from './ruled-table.ts'
import { type BoundBatch, isOutdone, type Uniformity, UniformBatches } from './uniform-batch.ts'
import { tableName, type UserColumn } from './user-table.ts'

/** A table, and the columns of it that rows come with. */
export interface PlainOptions {
  readonly table: RuledTable
  readonly columns: readonly UserColumn[]
  readonly texts: RowTexts
  /** Gives the numbers of the rows that are in the log. Parameters: the keys. */
  readonly logged: string
  readonly thisNode: NodeCode
  /** A condition for the parents of a row `v` being here; absent for a table without foreign keys. */
  readonly parents: string | undefined
  /** Keeps the parents of rows from going; absent where nothing refers to others, or the database does it. Parameters: the rows. */
  readonly lockParents: string | undefined
  /** A row that is here has values that the sender does not name, and that travel. */
  readonly hasExtras: boolean
}

/** Where one of so few rows is refused, all of them are given back: they are then tried one after the other, which takes less than halves of halves. */
const SMALL_BATCH = 250

/**
 * Writes the rows that need no thought with one statement for each batch, which judges them, writes them, and enters them into the
 * change index: asking first and writing what was found takes seven.
 *
 * The statement does not look for changes of other connections since the fold. It waits for those that are under way, as every UPDATE does; so
 * whatever was changed before our row was written is in the log when the statement has ended, and then nothing of it stays.
 */
export class PlainWriter {
  readonly #connection: Connection
  readonly #options: PlainOptions
  readonly #hasLog: string
  readonly #sure: string
  readonly #checking: string
  readonly #uniform: UniformBatches
  /** What the last batch was. */
  #uniformity: Uniformity | undefined

  constructor(connection: Connection, options: PlainOptions) {
    this.#connection = connection
    this.#options = options
    this.#hasLog = `SELECT EXISTS (SELECT 1 FROM ${logName(options.table)})`
    this.#uniform = new UniformBatches(options)
    this.#sure = plainStatement(options, [])
    this.#checking = plainStatement(options, exactness(options.columns))
  }

  /** Gives the rows that need a thought. */
  async write(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    const present = rows.filter(({ kind }) => kind === 'row')
    const written = await this.#writeAll(present, terms)
    if (written.length === rows.length) return []
    const isWritten = new Set(written)
    return rows.filter((row) => !isWritten.has(row))
  }

  /** Writes as many rows as it can: when the database refuses some, by halves that are not small. Gives those that are written. */
  async #writeAll(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    if (rows.length === 0) return []
    await this.#connection.exec('SAVEPOINT obmen_plain')
    const outcome = await this.#try(rows, terms)
    if ('written' in outcome) {
      await this.#connection.exec('RELEASE SAVEPOINT obmen_plain')
      return outcome.written
    }
    await this.#connection.exec('ROLLBACK TO SAVEPOINT obmen_plain; RELEASE SAVEPOINT obmen_plain')
    const written: RowLine[] = []
    for (const some of outcome.again) {
      const afterSeq = terms.afterSeq + written.length
      written.push(...(await this.#writeAll(some, { ...terms, afterSeq })))
    }
    return written
  }

  /** Gives what was written; or, when nothing may stay of it, what is to be tried again, in parts. */
  async #try(
    rows: readonly RowLine[],
    terms: PlainTerms,
  ): Promise<
    { readonly written: readonly RowLine[] } | { readonly again: readonly (readonly RowLine[])[] }
  > {
    try {
      const written = await this.#run(rows, terms)
      // Somebody has taken a row away since the fold, or it was never there.
      if (written === undefined || written.length === 0) return { again: [] }
      const logged = await this.#readLogged(written)
      if (logged.size === 0) return { written }
      return { again: [rows.filter((row) => !logged.has(row))] }
    } catch (error) {
      // A table with rules of its own can be written to by plain statements only.
      if (isNotSupported(error)) return { again: [] }
      if (!isRefusal(error)) throw error
      const middle = Math.ceil(rows.length / 2)
      const isSmall = rows.length <= SMALL_BATCH
      return { again: isSmall ? [] : [rows.slice(0, middle), rows.slice(middle)] }
    }
  }

  /** Gives the rows that needed no thought; `undefined` when not all of them were written. */
  async #run(
    wanted: readonly RowLine[],
    terms: PlainTerms,
  ): Promise<readonly RowLine[] | undefined> {
    const { thisNode } = this.#options
    const { sender, acknowledgedSeq, beginsAnew, afterSeq } = terms
    const { rows, texts, areSure } = this.#options.texts.columnsOf(wanted)
    const batch: BoundBatch = {
      rowCount: rows.length,
      columns: texts.map(toArray),
      versions: [
        toArray(rows.map(({ stamp }) => String(stamp))),
        toArray(rows.map(({ origin }) => origin)),
      ],
      // Nothing is unequal to NULL: of a sender that does not begin anew, it makes no difference who made a row.
      terms: [sender, acknowledgedSeq, beginsAnew ? thisNode : null, afterSeq],
    }
    if (areSure && (await this.#writeAsBefore(batch))) return rows
    return this.#judge(rows, batch, areSure ? this.#sure : this.#checking)
  }

  /** Most batches are like the one before. Gives whether this one was, and is written; if not, nothing of it stays. */
  async #writeAsBefore(batch: BoundBatch): Promise<boolean> {
    const kind = this.#uniformity
    if (kind === undefined) return false
    await this.#lockParents(batch)
    if (await this.#uniform.write(this.#connection, kind, batch)) return true
    await this.#connection.exec('ROLLBACK TO SAVEPOINT obmen_plain')
    return false
  }

  async #judge(
    rows: readonly RowLine[],
    batch: BoundBatch,
    statement: string,
  ): Promise<readonly RowLine[] | undefined> {
    await this.#lockParents(batch)
    const { columns, versions, terms } = batch
    const parameters = [...columns, ...versions, ...terms, rows.length]
    const [plainCount, writtenCount, newCount, changedCount, places] =
      (await this.#connection.first(statement, ...parameters)) ?? []
    if (plainCount !== writtenCount) return undefined
    const { hasExtras } = this.#options
    const isKnown = toNumber(changedCount) === rows.length && !hasExtras
    if (toNumber(newCount) === rows.length) this.#uniformity = 'new'
    else this.#uniformity = isKnown ? 'known' : undefined
    if (toNumber(plainCount) === rows.length) return rows
    const plain = new Set((places ?? '').split(',').map(Number))
    return rows.filter((_, index) => plain.has(index + 1))
  }

  async #lockParents({ columns }: BoundBatch): Promise<void> {
    const { lockParents } = this.#options
    if (lockParents !== undefined) await this.#connection.run(lockParents, ...columns)
  }

  /** The rows that another connection has changed since the fold. */
  async #readLogged(rows: readonly RowLine[]): Promise<ReadonlySet<RowLine>> {
    const { texts, table, logged } = this.#options
    const [hasLog] = (await this.#connection.first(this.#hasLog)) ?? []
    if (hasLog !== 't') return new Set()
    const keys = texts.bind(rows, table.key.length)
    const found = await this.#connection.all(logged, ...keys)
    return new Set(found.flatMap(([n]) => rows[toNumber(n) - 1] ?? []))
  }
}

/** Conditions for the values of a row `v` being kept as they came. */
function exactness(columns: readonly UserColumn[]): readonly string[] {
  return columns.flatMap(({ codec, declared }, index) => {
    const isExact = codec.isExact?.(`v.t${index + 1}`, declared)
    return isExact === undefined ? [] : `coalesce(${isExact}, true)`
  })
}

/**
 * Parameters: an array of texts for each column, stamps, origins; then sender, position that it has acknowledged, this node if the
 * sender begins anew, the position behind which the rows get theirs, and the number of rows. Gives how many rows need no thought, how many were
 * written, how many have no entry, how many were there, and the numbers of those that need no thought unless they are all.
 */
function plainStatement(options: PlainOptions, conditions: readonly string[]): string {
  const { table, columns, parents, hasExtras } = options
  const width = columns.length
  const [stamp, origin] = [`v.t${width + 1}::bigint`, `v.t${width + 2}`]
  const [sender = '', acknowledged = '', anew = '', afterSeq, rowCount] = [3, 4, 5, 6, 7].map(
    (nth) => `$${width + nth}`,
  )
  const keys = keyNames(table)
  const known = keys.map((name, index) => `i.${name} = ${keyOf(columns, index)}`).join(' AND ')
  const isNew = `i.${keys[0] ?? ''} IS NULL`
  const isAbsent = 'coalesce(i.gone, true)'
  const isPlain = `(${isNew} OR ${isOutdone({ stamp, origin, sender, acknowledged, anew })})`
  const wanted = [
    isPlain,
    ...(hasExtras ? [isAbsent] : []),
    ...(parents === undefined ? [] : [parents]),
  ]
  const values = columns.map((column, index) => `${writeColumn(column, index)} AS c${index + 1}`)
  const written = columns.map(arrived)
  const names = columns.map(({ name }) => quoteName(name))
  return `
    WITH arrival AS MATERIALIZED (
      SELECT ${values.join(', ')}, ${stamp} AS stamp, ${origin} AS origin, v.n,
             i.ctid AS entry, ${isAbsent} AS is_absent,
             ${afterSeq}::bigint + row_number() OVER (ORDER BY v.n) AS seq
        FROM ${rowsFrom(width + 2)} LEFT JOIN ${indexName(table)} i ON ${known}
       WHERE ${[...wanted, ...conditions].join(' AND ')}
    ), changed AS (
      UPDATE ${tableName(table)} d SET ${assignments(table, columns, arrived)}
        FROM arrival a WHERE NOT a.is_absent AND ${isRow(table)} RETURNING 1
    ), added AS (
      INSERT INTO ${tableName(table)} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
      SELECT ${written.join(', ')} FROM arrival a WHERE a.is_absent ORDER BY a.n RETURNING 1
    ), renewed AS (
      UPDATE ${indexName(table)} i
         SET seq = a.seq, stamp = a.stamp, origin = a.origin, via = ${sender}, gone = false, base = NULL
        FROM arrival a WHERE i.ctid = a.entry
    ), entered AS (
      INSERT INTO ${indexName(table)} (${keys.join(', ')}, seq, stamp, origin, via, gone)
      SELECT ${written.slice(0, keys.length).join(', ')}, a.seq, a.stamp, a.origin, ${sender}, false
        FROM arrival a WHERE a.entry IS NULL
    )
    SELECT count(*), (SELECT count(*) FROM changed) + (SELECT count(*) FROM added),
           count(*) FILTER (WHERE entry IS NULL), (SELECT count(*) FROM changed),
           (SELECT string_agg(n::text, ',') FROM arrival WHERE (SELECT count(*) FROM arrival) < ${rowCount}::bigint)
      FROM arrival`
}

/** The value of a column of a row that needs no thought. */
function arrived(_column: UserColumn, index: number): string {
  return `a.c${index + 1}`
}

function keyOf(columns: readonly UserColumn[], index: number): string {
  const column = columns[index]
  return column === undefined ? 'NULL' : writeColumn(column, index)
}

function isRow(table: RuledTable): string {
  return table.key.map(({ name }, index) => `d.${quoteName(name)} = a.c${index + 1}`).join(' AND ')
}
