import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { checkColumns } from '../apply/check-columns.ts'
import type {
  IndexEntry,
  PlainTerms,
  RowWrite,
  TableTarget,
  TakenOut,
  WriteOutcome,
} from '../apply/table-target.ts'
import type { CapturedTable } from './capture.ts'
import { decodeValues, readColumns } from './change-reader.ts'
import { type Connection, type SqlRow, toArray, toNumber, toText } from './postgres-database.ts'
import { type Refusals, writeRefusing } from './refusing.ts'
import { ColumnSet } from './column-set.ts'
import { type NumberedRow, numbered, rowsFrom } from './row-batch.ts'
import { tableName, toTableLine, type UserColumn } from './user-table.ts'

/** Which table, for whose rows, at which node, and how. */
export interface TargetOptions {
  readonly table: CapturedTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  /** False where a row that is taken out would take others with it: foreign keys that refer to the table are at work. */
  readonly mayTakeOut: boolean
}

const NO_EXCHANGE =
  'it exchanges unique values with another row, and foreign keys refer to its table: let their owner write one of them first'

/** A table of this database as the target of a sender's rows: a few statements for each batch. */
export class PostgresTableTarget implements TableTarget {
  readonly line: TableLine
  readonly #connection: Connection
  readonly #table: CapturedTable
  readonly #thisNode: NodeCode
  readonly #mayTakeOut: boolean
  readonly #columns: readonly UserColumn[]
  readonly #extras: readonly UserColumn[]
  readonly #named: ColumnSet
  readonly #whole: ColumnSet

  constructor(connection: Connection, { table, line, thisNode, mayTakeOut }: TargetOptions) {
    checkColumns(toTableLine(table), line)
    this.line = line
    this.#connection = connection
    this.#table = table
    this.#thisNode = thisNode
    this.#mayTakeOut = mayTakeOut
    const ours = [...table.key, ...table.others]
    this.#columns = line.columns.flatMap(({ name }) =>
      ours.filter((column) => column.name === name),
    )
    this.#extras = table.others.filter((column) => !this.#columns.includes(column))
    this.#named = new ColumnSet(table, this.#columns)
    this.#whole = new ColumnSet(table, [...this.#columns, ...this.#extras])
  }

  async writePlain(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    const wellFormed = rows.filter((row) => this.#named.texts.faultOf(row) === undefined)
    const { present, entries } = await this.#look(wellFormed)
    const plain = wellFormed.filter((row, index) => {
      if (row.kind !== 'row' || (this.#extras.length > 0 && present.has(index))) return false
      return isPlain(row, entries[index], { ...terms, thisNode: this.#thisNode })
    })
    const known = new Set([...present].map((index) => wellFormed[index]))
    const refusals = await writeRefusing(this.#connection, numbered(plain), (some) =>
      this.#writeSome(some, known),
    )
    const written = plain.filter((_, place) => !refusals.has(place))
    await this.record(
      written,
      written.map(({ stamp, origin }, index) => {
        return { seq: terms.afterSeq + index + 1, stamp, origin, via: terms.sender }
      }),
    )
    const isWritten = new Set(written)
    return rows.filter((row) => !isWritten.has(row))
  }

  async entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]> {
    const bindable = rows.filter((row) => this.#named.texts.faultOf(row) === undefined)
    const { entries } = await this.#look(bindable)
    const byRow = new Map(bindable.map((row, index) => [row, entries[index]]))
    return rows.map((row) => byRow.get(row))
  }

  async presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]> {
    return this.#read(rows, this.#columns)
  }

  async write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    const rows = writes.map(({ row }) => row)
    const faults = rows.map((row) => this.#named.texts.faultOf(row))
    const sound = numbered(rows).filter(({ place }) => faults[place] === undefined)
    const present = await this.#present(sound.map(({ row }) => row))
    const known = new Set([...present].map((index) => sound[index]?.row))
    const refusals = await writeRefusing(this.#connection, sound, (some) =>
      this.#writeSome(some, known),
    )
    return rows.map((row, place) => {
      const refused = faults[place] ?? refusals.get(place)
      if (refused !== undefined) return { refused }
      const isMerged = this.#extras.length > 0 && row.kind === 'row' && known.has(row)
      return isMerged ? 'merged' : 'as sent'
    })
  }

  /** Writes and deletes rows, given those that are there. Deletions come first: they make room. */
  async #writeSome(
    rows: readonly NumberedRow[],
    known: ReadonlySet<RowLine | undefined>,
  ): Promise<Refusals> {
    const inexact = await this.#named.inexact(
      this.#connection,
      rows.filter(({ row }) => row.kind === 'row'),
    )
    const exact = rows.filter(({ place }) => !inexact.has(place)).map(({ row }) => row)
    const isThere = (row: RowLine): boolean => known.has(row)
    const gone = exact.filter((row) => row.kind !== 'row')
    const changed = exact.filter((row) => row.kind === 'row' && isThere(row))
    const added = exact.filter((row) => row.kind === 'row' && !isThere(row))
    await this.#run(this.#named.statements.delete, gone, this.line.keyLength)
    await this.#run(this.#named.statements.update, changed)
    await this.#run(this.#named.statements.insert, added)
    return inexact
  }

  async #run(statement: string, rows: readonly RowLine[], width?: number): Promise<void> {
    if (rows.length === 0) return
    await this.#connection.run(statement, ...this.#named.texts.bind(rows, width))
  }

  async record(rows: readonly RowLine[], entries: readonly IndexEntry[]): Promise<void> {
    if (rows.length === 0) return
    await this.#connection.run(
      this.#named.statements.record,
      ...this.#named.texts.bind(rows, this.line.keyLength),
      toArray(entries.map(({ seq }) => String(seq))),
      toArray(entries.map(({ stamp }) => String(stamp))),
      toArray(entries.map(({ origin }) => origin)),
      toArray(entries.map(({ via }) => via)),
      toArray(rows.map(({ kind }) => String(kind !== 'row'))),
    )
  }

  async depart(rows: readonly RowLine[]): Promise<void> {
    await this.#run(this.#named.statements.delete, rows, this.line.keyLength)
    await this.#run(this.#named.statements.forget, rows, this.line.keyLength)
  }

  async takeOut(rows: readonly RowLine[]): Promise<readonly TakenOut[]> {
    if (!this.#mayTakeOut) return rows.map(() => undefined)
    const taken = await this.#read(rows, this.#extras)
    await this.#run(this.#named.statements.delete, rows, this.line.keyLength)
    return taken
  }

  async putBack(
    rows: readonly RowLine[],
    takenOut: readonly TakenOut[],
  ): Promise<readonly WriteOutcome[]> {
    if (!this.#mayTakeOut) return rows.map(() => ({ refused: NO_EXCHANGE }))
    const whole = rows.map((row, place): NumberedRow => {
      const extras = takenOut[place] ?? []
      return {
        place,
        row: row.kind === 'row' ? { ...row, values: [...row.values, ...extras] } : row,
      }
    })
    const back = whole.filter(({ row }) => row.kind === 'row')
    const withExtras = back.filter(({ place }) => takenOut[place] !== undefined)
    const withoutExtras = back.filter(({ place }) => takenOut[place] === undefined)
    const refusals = new Map([
      ...(await this.#insert(withExtras, this.#whole)),
      ...(await this.#insert(withoutExtras, this.#named)),
    ])
    return rows.map((row, place) => {
      const refused = refusals.get(place)
      if (refused !== undefined) return { refused }
      const isMerged =
        this.#extras.length > 0 && row.kind === 'row' && takenOut[place] !== undefined
      return isMerged ? 'merged' : 'as sent'
    })
  }

  async #insert(rows: readonly NumberedRow[], set: ColumnSet): Promise<Refusals> {
    const faults = rows.flatMap(({ place, row }): [number, string][] => {
      const fault = set.texts.faultOf(row)
      return fault === undefined ? [] : [[place, fault]]
    })
    const faulty = new Map(faults)
    const sound = rows.filter(({ place }) => !faulty.has(place))
    const refusals = await writeRefusing(this.#connection, sound, async (some) => {
      const inexact = await set.inexact(this.#connection, some)
      const exact = some.filter(({ place }) => !inexact.has(place)).map(({ row }) => row)
      if (exact.length > 0)
        await this.#connection.run(set.statements.insert, ...set.texts.bind(exact))
      return inexact
    })
    return new Map([...faulty, ...refusals])
  }

  async #read(
    rows: readonly RowLine[],
    columns: readonly UserColumn[],
  ): Promise<readonly (readonly Value[] | undefined)[]> {
    if (rows.length === 0) return []
    const bindable = rows.filter((row) => this.#named.texts.faultOf(row) === undefined)
    const found = await this.#connection.all(
      `SELECT ${['v.n', ...readColumns(columns, 'd')].join(', ')}
         FROM ${rowsFrom(this.line.keyLength)} JOIN ${tableName(this.#table)} d ON ${this.#named.statements.isRow}`,
      ...this.#named.texts.bind(bindable, this.line.keyLength),
    )
    const byRow = new Map(
      found.map(([n, ...texts]) => [bindable[toNumber(n) - 1], decodeValues(columns, texts)]),
    )
    return rows.map((row) => byRow.get(row))
  }

  /** The numbers of the rows that are there. From now on no other connection changes these before our commit. */
  async #present(rows: readonly RowLine[]): Promise<ReadonlySet<number>> {
    if (rows.length === 0) return new Set()
    const texts = this.#named.texts.bind(rows, this.line.keyLength)
    const found = await this.#connection.all(this.#named.statements.lock, ...texts)
    return new Set(found.map(([n]) => toNumber(n) - 1))
  }

  /**
   * What the change index says of rows, and which are there. A row that another connection has changed since the fold
   * counts with the version that the next fold will give it: then the change is not overwritten without a word. Our lock on the row
   * comes first, so that there is no change in between; a row that another connection is just inserting is refused later by its key.
   */
  async #look(rows: readonly RowLine[]): Promise<{
    readonly present: ReadonlySet<number>
    readonly entries: readonly (IndexEntry | undefined)[]
  }> {
    const present = await this.#present(rows)
    if (rows.length === 0) return { present, entries: [] }
    const texts = this.#named.texts.bind(rows, this.line.keyLength)
    const found = await this.#connection.all(this.#named.statements.entries, ...texts)
    const entries = new Map(found.map((row) => [toNumber(row[0]) - 1, toEntry(row)]))
    const [, , , , , hasLog] = found[0] ?? []
    const logged =
      hasLog === 'f' ? [] : await this.#connection.all(this.#named.statements.logged, ...texts)
    for (const [n, at] of logged) {
      const place = toNumber(n) - 1
      const stamp = Math.max(toNumber(at), (entries.get(place)?.stamp ?? 0) + 1)
      const seq = Number.MAX_SAFE_INTEGER
      entries.set(place, { seq, stamp, origin: this.#thisNode, via: '' })
    }
    return { present, entries: rows.map((_, place) => entries.get(place)) }
  }
}

function toEntry([, seq, stamp, origin, via]: SqlRow): IndexEntry | undefined {
  if (seq === null) return undefined
  return {
    seq: toNumber(seq),
    stamp: toNumber(stamp),
    origin: parseNodeCode(toText(origin)),
    via: toText(via) === '' ? '' : parseNodeCode(toText(via)),
  }
}

/** Whether a row needs no thought: see {@link TableTarget.writePlain}. */
function isPlain(
  row: RowLine,
  entry: IndexEntry | undefined,
  terms: PlainTerms & { readonly thisNode: NodeCode },
): boolean {
  if (entry === undefined) return true
  if (entry.stamp >= row.stamp) return false
  const { sender, acknowledgedSeq, beginsAnew, thisNode } = terms
  if (entry.via === sender || entry.seq <= acknowledgedSeq) return true
  return entry.origin === row.origin || (beginsAnew && entry.origin !== thisNode)
}
