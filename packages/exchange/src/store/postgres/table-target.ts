import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { type NarrowerColumn, narrowerColumns } from '../../message/column-capacity.ts'
import { checkColumns } from '../apply/check-columns.ts'
import { isRefused } from '../apply/row-writer.ts'
import type {
  IndexEntry,
  PlainTerms,
  Refusal,
  RowWrite,
  TableTarget,
  TakenOut,
  WriteOutcome,
} from '../apply/table-target.ts'
import { decodeValues, readColumns } from './change-reader.ts'
import { BatchWriter, type Known } from './batch-writer.ts'
import { type Connection, type SqlRow, toArray, toNumber, toText } from './postgres-database.ts'
import { askRefusing, type Refusals } from './refusing.ts'
import { ColumnSet } from './column-set.ts'
import { KeyDivider } from './equal-keys.ts'
import { type ForeignKey, type ReferenceStatements, referenceStatements } from './foreign-keys.ts'
import { PlainWriter } from './plain-writer.ts'
import type { RuledTable } from './ruled-table.ts'
import { type NumberedRow, numbered, rowsFrom } from './row-batch.ts'
import { tableName, toTableLine, type UserColumn } from './user-table.ts'

/** Which table, for whose rows, at which node, and how. */
export interface TargetOptions {
  readonly table: RuledTable
  readonly line: TableLine
  readonly thisNode: NodeCode
  readonly foreignKeys: readonly ForeignKey[]
  /** The application's triggers are at work, and see what is written as it is. */
  readonly firesTriggers: boolean
  /** Foreign keys are not at work: what they keep from going, we have to. */
  readonly locksParents: boolean
  /** False where a row that is taken out would take others with it: foreign keys that refer to the table are at work. */
  readonly mayTakeOut: boolean
}

const NO_EXCHANGE =
  'it exchanges unique values with another row, and foreign keys refer to its table: let their owner write one of them first'

/** A table of this database as the target of a sender's rows: a few statements for each batch. */
export class PostgresTableTarget implements TableTarget {
  readonly line: TableLine
  readonly isParent: boolean
  readonly narrower: readonly NarrowerColumn[]
  readonly #hasExtras: boolean
  readonly #references: ReferenceStatements
  readonly #locksParents: boolean
  readonly #connection: Connection
  readonly #table: RuledTable
  readonly #thisNode: NodeCode
  readonly #mayTakeOut: boolean
  readonly #columns: readonly UserColumn[]
  readonly #extras: readonly UserColumn[]
  readonly #keyed: ColumnSet
  readonly #named: ColumnSet
  readonly #whole: ColumnSet
  readonly #plain: PlainWriter | undefined
  readonly #writer: BatchWriter
  readonly #keys: KeyDivider

  constructor(connection: Connection, options: TargetOptions) {
    const { table, line, thisNode, mayTakeOut } = options
    const own = toTableLine(table)
    checkColumns(own, line)
    this.line = line
    this.narrower = narrowerColumns(own, line)
    this.#connection = connection
    this.#table = table
    this.#thisNode = thisNode
    this.#mayTakeOut = mayTakeOut
    const ours = [...table.key, ...table.others]
    this.#columns = line.columns.flatMap(({ name }) =>
      ours.filter((column) => column.name === name),
    )
    this.#extras = table.others.filter((column) => !this.#columns.includes(column))
    this.#hasExtras = this.#extras.some(({ name }) => {
      return !table.leaveOut.has(name) && line.leftOut?.includes(name) !== true
    })
    this.#references = referenceStatements(table, this.#columns, options.foreignKeys)
    this.#locksParents = options.locksParents
    this.isParent = this.#references.referredTo !== undefined
    this.#keyed = new ColumnSet(table, table.key)
    this.#named = new ColumnSet(table, this.#columns)
    this.#keys = new KeyDivider(table)
    this.#whole = new ColumnSet(table, [...this.#columns, ...this.#extras])
    this.#writer = new BatchWriter(connection, {
      line,
      keyed: this.#keyed,
      named: this.#named,
      hasExtras: this.#hasExtras,
      present: (rows) => this.presentRows(rows),
      lock: (rows) => this.#lock(rows),
    })
    this.#plain = options.firesTriggers
      ? undefined
      : new PlainWriter(connection, {
          table,
          columns: this.#columns,
          texts: this.#named.texts,
          logged: this.#named.statements.logged,
          thisNode,
          parents: this.#references.areParentsHere,
          lockParents: options.locksParents ? this.#references.lockParents : undefined,
          hasExtras: this.#hasExtras,
        })
  }

  divide(rows: readonly RowLine[]): Promise<readonly (readonly RowLine[])[]> {
    return this.#keys.divide(this.#connection, rows)
  }

  async writePlain(rows: readonly RowLine[], terms: PlainTerms): Promise<readonly RowLine[]> {
    return (await this.#plain?.write(rows, terms)) ?? rows
  }

  async entriesOf(rows: readonly RowLine[]): Promise<readonly (IndexEntry | undefined)[]> {
    const { entries } = await this.#look(rows)
    return rows.map((row) => entries.get(row))
  }

  async presentRows(rows: readonly RowLine[]): Promise<readonly (readonly Value[] | undefined)[]> {
    return this.#read(rows, this.#columns)
  }

  async missingParents(rows: readonly RowLine[]): Promise<readonly (string | undefined)[]> {
    const { missingParents, reasons, lockParents } = this.#references
    if (missingParents === undefined) return rows.map(() => undefined)
    const wanted = rows.filter(({ kind }) => kind === 'row')
    const width = this.line.columns.length
    if (this.#locksParents && lockParents !== undefined) await this.#ask(lockParents, wanted, width)
    const found = await this.#ask(missingParents, wanted, width)
    return rows.map((row) => {
      const reason = found.get(row)?.[1]
      return reason === undefined ? undefined : reasons[toNumber(reason)]
    })
  }

  async areReferredTo(rows: readonly RowLine[]): Promise<readonly boolean[]> {
    const { referredTo } = this.#references
    if (referredTo === undefined) return rows.map(() => false)
    // Somebody may have entered a child that we can't see yet: then this waits for it.
    if (this.#locksParents) await this.#ask(this.#named.statements.lockWhole, rows)
    const found = await this.#ask(referredTo, rows)
    return rows.map((row) => found.has(row))
  }

  /** Runs a statement that gives the numbers of rows, with something of each. Parameters: the rows, or their keys. */
  #ask(
    statement: string,
    rows: readonly RowLine[],
    width: number = this.line.keyLength,
  ): Promise<ReadonlyMap<RowLine, SqlRow>> {
    const { texts } = this.#named
    const bindable = rows.filter((row) => texts.faultOf(row) === undefined)
    const ask = async (some: readonly RowLine[]): Promise<ReadonlyMap<RowLine, SqlRow>> => {
      const found = await this.#connection.all(statement, ...texts.bind(some, width))
      return new Map(
        found.flatMap((answer) => {
          const row = some[toNumber(answer[0]) - 1]
          return row === undefined ? [] : [[row, answer] as const]
        }),
      )
    }
    if (bindable.length === 0) return Promise.resolve(new Map())
    return texts.areSure(bindable, width)
      ? ask(bindable)
      : askRefusing(this.#connection, bindable, ask)
  }

  async write(writes: readonly RowWrite[]): Promise<readonly WriteOutcome[]> {
    const rows = writes.map(({ row }) => row)
    const outcomes = new Map<RowLine, WriteOutcome>()
    for (const batch of await this.#keys.divideByVersion(this.#connection, rows)) {
      for (const [row, outcome] of await this.#writer.write(batch)) outcomes.set(row, outcome)
    }
    return rows.map((row) => outcomes.get(row) ?? 'as sent')
  }

  async record(rows: readonly RowLine[], entries: readonly IndexEntry[]): Promise<void> {
    if (rows.length === 0) return
    const recorded = rows.flatMap((row, index) => {
      const entry = entries[index]
      return entry === undefined ? [] : [{ ...row, entry }]
    })
    for (const batch of await this.#keys.divideByVersion(this.#connection, recorded)) {
      await this.#connection.run(
        this.#named.statements.record,
        ...this.#named.texts.bind(batch, this.line.keyLength),
        toArray(batch.map(({ entry }) => String(entry.seq))),
        toArray(batch.map(({ entry }) => String(entry.stamp))),
        toArray(batch.map(({ entry }) => entry.origin)),
        toArray(batch.map(({ entry }) => entry.via)),
        toArray(batch.map(({ kind }) => String(kind !== 'row'))),
      )
    }
  }

  async depart(rows: readonly RowLine[]): Promise<readonly WriteOutcome[]> {
    const { statements } = this.#keyed
    const refusals = await this.#runKeyed(rows, [statements.delete, statements.forget])
    return rows.map((_, place) => toRefusal(refusals.get(place)) ?? 'as sent')
  }

  async takeOut(rows: readonly RowLine[]): Promise<readonly TakenOut[]> {
    if (!this.#mayTakeOut) return rows.map(() => undefined)
    const taken = await this.#read(rows, this.#extras)
    const refusals = await this.#runKeyed(rows, [this.#keyed.statements.delete])
    return taken.map((values, place) => toRefusal(refusals.get(place)) ?? values)
  }

  /** Runs statements that take rows away, whose parameters are the keys. Gives what the database said of rows that it refuses. */
  #runKeyed(rows: readonly RowLine[], statements: readonly string[]): Promise<Refusals> {
    const { texts } = this.#keyed
    const run = async (exact: readonly RowLine[]): Promise<boolean> => {
      for (const statement of statements) {
        await this.#connection.run(statement, ...texts.bind(exact, this.line.keyLength))
      }
      return (await this.#lock(exact)).size === 0
    }
    return this.#keyed.withExact(this.#connection, numbered(rows), { all: run })
  }

  async putBack(
    rows: readonly RowLine[],
    takenOut: readonly TakenOut[],
  ): Promise<readonly WriteOutcome[]> {
    // What is there still can't be put there; what is new can.
    const present = this.#mayTakeOut ? undefined : await this.#lock(rows)
    const back = rows.flatMap((row, place): NumberedRow[] => {
      const extras = takenOut[place] ?? []
      if (row.kind !== 'row' || isRefused(extras) || present?.has(row) === true) return []
      return [{ place, row: { ...row, values: [...row.values, ...extras] } }]
    })
    const withExtras = back.filter(({ place }) => takenOut[place] !== undefined)
    const withoutExtras = back.filter(({ place }) => takenOut[place] === undefined)
    const refusals = new Map([
      ...(await this.#insert(withExtras, this.#whole)),
      ...(await this.#insert(withoutExtras, this.#named)),
    ])
    return rows.map((row, place) => {
      const taken = takenOut[place]
      if (present?.has(row) === true) return { refused: NO_EXCHANGE }
      const refused = toRefusal(refusals.get(place))
      if (refused !== undefined) return refused
      if (isRefused(taken)) return taken
      const isMerged = this.#hasExtras && row.kind === 'row' && taken !== undefined
      return isMerged ? 'merged' : 'as sent'
    })
  }

  #insert(rows: readonly NumberedRow[], set: ColumnSet): Promise<Refusals> {
    const insert = async (exact: readonly RowLine[]): Promise<boolean> => {
      const count = await this.#connection.run(set.statements.insert, ...set.texts.bind(exact))
      return count === exact.length || this.#areThere(exact)
    }
    return set.withExact(this.#connection, rows, {
      all: insert,
      each: (some) => set.tryEach(this.#connection, 'insert', some),
    })
  }

  async #read(
    rows: readonly RowLine[],
    columns: readonly UserColumn[],
  ): Promise<readonly (readonly Value[] | undefined)[]> {
    const statement = `
      SELECT ${['v.n', ...readColumns(columns, 'd')].join(', ')}
        FROM ${rowsFrom(this.line.keyLength)} JOIN ${tableName(this.#table)} d ON ${this.#named.statements.isRow}`
    const found = await this.#ask(statement, rows)
    return rows.map((row) => {
      const texts = found.get(row)
      return texts && decodeValues(columns, texts.slice(1))
    })
  }

  /** A trigger may have put rows in their place by itself, such as into a child table. */
  async #areThere(rows: readonly RowLine[]): Promise<boolean> {
    return (await this.#lock(rows)).size === rows.length
  }

  /** The rows that are there. From now on no other connection changes these before our commit. */
  #lock(rows: readonly RowLine[]): Promise<Known> {
    return this.#ask(this.#named.statements.lock, rows)
  }

  /**
   * What the change index says of rows, and which are there. A row that another connection has changed since the fold
   * counts with the version that the next fold will give it: then the change is not overwritten without a word. Our lock on the row
   * comes before the look at the log, so that there is no change in between; a row that another connection is just inserting is refused
   * later by its key.
   */
  async #look(rows: readonly RowLine[]): Promise<{
    readonly known: Known
    readonly entries: ReadonlyMap<RowLine, IndexEntry>
  }> {
    const found = await this.#ask(this.#named.statements.entries, rows)
    const entries = new Map<RowLine, IndexEntry>()
    let hasLog = false
    for (const [row, answer] of found) {
      const entry = toEntry(answer)
      if (entry !== undefined) entries.set(row, entry)
      hasLog ||= answer[6] === 't'
    }
    // Nobody else changes the index while we have the lock of the store; a row without an entry was not there at the fold.
    const known = await this.#lock(rows.filter((row) => entries.has(row)))
    if (!hasLog && known.size === 0) return { known, entries }
    for (const [row, [, at]] of await this.#ask(this.#named.statements.logged, rows)) {
      const before = entries.get(row)
      const stamp = Math.max(toNumber(at), (before?.stamp ?? 0) + 1)
      const base = before?.origin === this.#thisNode ? before.base : before?.stamp
      const seq = Number.MAX_SAFE_INTEGER
      const version = { seq, stamp, origin: this.#thisNode, via: '' } as const
      entries.set(row, { ...version, ...(base !== undefined && { base }) })
    }
    return { known, entries }
  }
}

/** The rows that are in the table. */

function toRefusal(refused: string | undefined): Refusal | undefined {
  return refused === undefined ? undefined : { refused }
}

function toEntry([, seq, stamp, origin, via, base = null]: SqlRow): IndexEntry | undefined {
  if (seq === null) return undefined
  return {
    seq: toNumber(seq),
    stamp: toNumber(stamp),
    origin: parseNodeCode(toText(origin)),
    via: toText(via) === '' ? '' : parseNodeCode(toText(via)),
    ...(base !== null && { base: toNumber(base) }),
  }
}
