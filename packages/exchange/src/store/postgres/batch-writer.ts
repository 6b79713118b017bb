import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { formatRow, formatValues } from '../apply/row-text.ts'
import type { WriteOutcome } from '../apply/table-target.ts'
import type { ColumnSet } from './column-set.ts'
import type { Connection } from './postgres-database.ts'
import { type Refusals, writeRefusing } from './refusing.ts'
import { hasShortKey, type NumberedRow, numbered } from './row-batch.ts'
import type { Tried } from './row-trial.ts'

/** The rows of a table that are there. */
export type Known = ReadonlyMap<RowLine, unknown>

/** Whose rows are written, and what is known of them. */
export interface BatchOptions {
  readonly line: TableLine
  /** The key columns, and all that the sender names. */
  readonly keyed: ColumnSet
  readonly named: ColumnSet
  /** A row that is here has values that the sender does not name, and that travel. */
  readonly hasExtras: boolean
  /** The rows as they are here, in the sender's columns. */
  readonly present: (rows: readonly RowLine[]) => Promise<readonly (readonly Value[] | undefined)[]>
  /** Locks the rows that are there. */
  readonly lock: (rows: readonly RowLine[]) => Promise<Known>
}

/** Writes and deletes rows of a table, those that the database takes: all at once, or else one after the other. */
export class BatchWriter {
  readonly #connection: Connection
  readonly #options: BatchOptions

  constructor(connection: Connection, options: BatchOptions) {
    this.#connection = connection
    this.#options = options
  }

  /** Writes rows of which no two have one key. */
  async write(rows: readonly RowLine[]): Promise<ReadonlyMap<RowLine, WriteOutcome>> {
    const outcomes = new Map<RowLine, WriteOutcome>()
    const { named, hasExtras, lock } = this.#options
    const faults = rows.map((row) => named.texts.faultOf(row))
    const sound = numbered(rows).filter(({ place }) => faults[place] === undefined)
    const known = await lock(sound.map(({ row }) => row))
    const refusals = await writeRefusing(this.#connection, sound, {
      all: (some) => this.#writeSome(some, known),
      each: (some) => this.#writeEach(some, known),
    })
    for (const [place, row] of rows.entries()) {
      const refused = faults[place] ?? refusals.get(place)
      const isMerged = hasExtras && row.kind === 'row' && known.has(row)
      if (refused !== undefined) outcomes.set(row, { refused })
      else outcomes.set(row, isMerged ? 'merged' : 'as sent')
    }
    return outcomes
  }

  /** Writes and deletes rows, given those that are there. Deletions come first: they make room. `undefined` when not all of it is done. */
  async #writeSome(rows: readonly NumberedRow[], known: Known): Promise<Refusals | undefined> {
    const { named, keyed, line } = this.#options
    const { statements } = named
    const isRow = ({ row }: NumberedRow): boolean => row.kind === 'row'
    const written = rows.filter(isRow)
    const deleted = rows.filter((row) => !isRow(row))
    const inexact = new Map([
      ...(await named.inexact(this.#connection, written)),
      ...(await keyed.inexact(this.#connection, deleted)),
    ])
    const exact = rows.filter(({ place }) => !inexact.has(place)).map(({ row }) => row)
    const isThere = (row: RowLine): boolean => known.has(row)
    const gone = exact.filter((row) => row.kind !== 'row')
    const changed = exact.filter((row) => row.kind === 'row' && isThere(row))
    const added = exact.filter((row) => row.kind === 'row' && !isThere(row))
    const long = gone.filter((row) => !hasShortKey(row, line.keyLength))
    await this.#run(statements.makeRoom, long, line.keyLength)
    const deletedCount = await this.#run(statements.delete, gone, line.keyLength)
    const changedCount = await this.#run(statements.update, changed)
    const addedCount = await this.#run(statements.insert, added)
    const areDone =
      deletedCount >= gone.filter(isThere).length &&
      (changedCount === changed.length || (await this.#areAsSent(changed))) &&
      (addedCount === added.length || (await this.#areThere(added)))
    return areDone ? inexact : undefined
  }

  /** The same one after the other. Deletions of rows that are not here, or whose keys are long, are left to a try of their own. */
  async #writeEach(rows: readonly NumberedRow[], known: Known): Promise<Tried> {
    const { named, keyed, line } = this.#options
    const gone = rows.filter(({ row }) => row.kind !== 'row')
    const isPlain = ({ row }: NumberedRow): boolean =>
      known.has(row) && hasShortKey(row, line.keyLength)
    const written = rows.filter(({ row }) => row.kind === 'row')
    const tries = [
      [keyed, 'delete', gone.filter(isPlain)],
      [named, 'update', written.filter(({ row }) => known.has(row))],
      [named, 'insert', written.filter(({ row }) => !known.has(row))],
    ] as const
    const refusals: Refusals = new Map()
    const others = gone.filter((row) => !isPlain(row)).map(({ place }) => place)
    const passedOver = new Set(others)
    for (const [set, verb, some] of tries) {
      const tried = await set.tryEach(this.#connection, verb, some)
      for (const [place, reason] of tried.refusals) refusals.set(place, reason)
      for (const place of tried.passedOver) passedOver.add(place)
    }
    return { refusals, passedOver }
  }

  /** Gives how many rows the statement is said to have written. */
  async #run(statement: string, rows: readonly RowLine[], width?: number): Promise<number> {
    if (rows.length === 0) return 0
    return this.#connection.run(statement, ...this.#options.named.texts.bind(rows, width))
  }

  /** A trigger may have put rows in their place by itself, such as into a child table. */
  async #areThere(rows: readonly RowLine[]): Promise<boolean> {
    return (await this.#options.lock(rows)).size === rows.length
  }

  async #areAsSent(rows: readonly RowLine[]): Promise<boolean> {
    const { line, present } = this.#options
    const presents = await present(rows)
    return rows.every((row, index) => {
      const values = presents[index]
      return values !== undefined && formatValues(line, values) === formatRow(line, row)
    })
  }
}
