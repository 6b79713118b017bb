import {
  BodyLineReader,
  formatRowLine,
  formatTableLine,
  type RowLine,
  type TableLine,
} from '../../message/body-lines.ts'
import { encodeValue, type Value } from '../../message/values.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import type { ApplySummary, RowApplier, Sender } from '../change-store.ts'
import { SchemaMismatch } from '../errors.ts'
import { base64 } from '../../platform/base64.ts'
import type { CapturedTable } from './capture.ts'
import { isConstraintViolation, Query, type SqliteDatabase, toText } from './sqlite-database.ts'
import { SuspendedTriggers } from './suspended-triggers.ts'
import { type IndexEntry, TableTarget } from './table-target.ts'

/** A row that did not fit when its turn came, with what the database said. */
interface Postponed {
  readonly target: TableTarget
  readonly row: RowLine
  readonly via: NodeCode
  readonly reason: string
}

/** Whose rows are applied, and to what. */
export interface ApplyOptions {
  readonly tables: readonly CapturedTable[]
  readonly sender: Sender
  /** Gives out the positions of the change index. */
  readonly nextSeq: () => number
}

/** Applies the rows of one message to the tables of a database, within the transaction that is open. */
export class SqliteRowApplier implements RowApplier {
  readonly #database: SqliteDatabase
  readonly #tables: ReadonlyMap<string, CapturedTable>
  readonly #sender: Sender
  readonly #nextSeq: () => number
  readonly #triggers: SuspendedTriggers
  readonly #targets = new Map<string, TableTarget>()
  #target: TableTarget | undefined
  #postponed: Postponed[] = []
  #applied = 0
  #outdated = 0
  #conflicts = 0

  constructor(database: SqliteDatabase, options: ApplyOptions) {
    this.#database = database
    this.#tables = new Map(options.tables.map((table) => [table.name, table]))
    this.#sender = options.sender
    this.#nextSeq = options.nextSeq
    this.#triggers = new SuspendedTriggers(database)
  }

  beginTable(line: TableLine): Promise<void> {
    this.#target = this.#targetFor(line)
    return Promise.resolve()
  }

  applyRows(rows: readonly RowLine[]): Promise<void> {
    const target = this.#target
    if (target === undefined) throw new TypeError('rows before a table')
    for (const row of rows) this.#apply(target, row, this.#sender.code)
    return Promise.resolve()
  }

  finish(): Promise<ApplySummary> {
    this.#takeRefused()
    this.#retryPostponed()
    this.#swapPostponed()
    for (const postponed of this.#postponed) this.#setAside(postponed)
    this.#triggers.restore()
    return Promise.resolve({
      applied: this.#applied,
      outdated: this.#outdated,
      conflicts: this.#conflicts,
      refused: this.#postponed.length,
    })
  }

  #targetFor(line: TableLine): TableTarget {
    const shape = formatTableLine(line)
    const known = this.#targets.get(shape)
    if (known !== undefined) return known
    const table = this.#tables.get(line.table)
    if (table === undefined) throw new SchemaMismatch(line.table, 'it is not in the plan here')
    const target = new TableTarget(this.#database, table, line)
    this.#triggers.suspend(table.name)
    this.#targets.set(shape, target)
    return target
  }

  #apply(target: TableTarget, row: RowLine, via: NodeCode): void {
    const entry = target.entryOf(row)
    if (entry !== undefined && !this.#isNewer(target, row, entry)) {
      this.#outdated += 1
      return
    }
    const reason = this.#tryToWrite(target, row, via)
    if (reason !== undefined) this.#postponed.push({ target, row, via, reason })
  }

  /** Whether the sender's version wins. What was changed on both sides since the last exchange is put on record. */
  #isNewer(target: TableTarget, row: RowLine, entry: IndexEntry): boolean {
    const order = compareVersions(row, entry)
    const isUnknownToSender =
      entry.seq > this.#sender.acknowledgedSeq && entry.via !== this.#sender.code
    if (order !== 0 && isUnknownToSender)
      this.#recordConflict(target, row, order > 0 ? 'theirs' : 'ours')
    return order > 0
  }

  /** Writes the row, or gives the reason why the database refuses it. */
  #tryToWrite(target: TableTarget, row: RowLine, via: NodeCode): string | undefined {
    try {
      target.write(row)
    } catch (error) {
      if (isConstraintViolation(error)) return error.message
      throw error
    }
    target.record(row, this.#nextSeq(), via)
    this.#applied += 1
    return undefined
  }

  /** What did not fit may fit now that all rows are here, for example a unique value that moved from one row to another. */
  #retryPostponed(): void {
    let before = Number.POSITIVE_INFINITY
    while (this.#postponed.length > 0 && this.#postponed.length < before) {
      before = this.#postponed.length
      const again = this.#postponed
      this.#postponed = []
      for (const { target, row, via } of again) this.#apply(target, row, via)
    }
  }

  /** Rows that exchange unique values among themselves fit only when all of them have made room first. */
  #swapPostponed(): void {
    const swapped = this.#postponed
    if (swapped.length < 2) return
    const before = { applied: this.#applied, outdated: this.#outdated }
    this.#database.exec('SAVEPOINT obmen_swap')
    for (const { target, row } of swapped) target.delete(row)
    this.#postponed = []
    for (const { target, row, via } of swapped) this.#apply(target, row, via)
    if (this.#postponed.length > 0) {
      this.#database.exec('ROLLBACK TO obmen_swap')
      this.#applied = before.applied
      this.#outdated = before.outdated
      this.#postponed = swapped
    }
    this.#database.exec('RELEASE obmen_swap')
  }

  /** Rows refused at earlier messages get their chance after each later one. */
  #takeRefused(): void {
    const refused = new Query(
      this.#database,
      'SELECT node, table_line, row_line, reason FROM obmen_refused ORDER BY refused_at',
    ).all()
    if (refused.length === 0) return
    this.#database.exec('DELETE FROM obmen_refused')
    for (const [node, tableLine, rowLine, reason] of refused) {
      const lines = new BodyLineReader(base64)
      const table = lines.read(toText(tableLine))
      const row = lines.read(toText(rowLine))
      if (table.kind !== 'table' || (row.kind !== 'row' && row.kind !== 'deletion')) continue
      const target = this.#targetFor(table)
      const via = parseNodeCode(toText(node))
      this.#postponed.push({ target, row, via, reason: toText(reason) })
    }
  }

  #setAside({ target, row, via, reason }: Postponed): void {
    new Query(
      this.#database,
      `INSERT OR REPLACE INTO obmen_refused
         (table_name, row_key, node, table_line, row_line, reason, refused_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      target.line.table,
      formatKey(target, row),
      via,
      formatTableLine(target.line),
      formatRowLine(row, target.line, base64),
      reason,
      BigInt(this.#sender.nowMs),
    )
  }

  #recordConflict(target: TableTarget, row: RowLine, winner: 'ours' | 'theirs'): void {
    const ours = target.presentRow(row)
    const theirs = row.kind === 'row' ? row.values : undefined
    if (formatValues(target, ours) === formatValues(target, theirs)) return
    this.#conflicts += 1
    new Query(
      this.#database,
      `INSERT INTO obmen_conflict (table_name, row_key, node, winner, ours, theirs, decided_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      target.line.table,
      formatKey(target, row),
      this.#sender.code,
      winner,
      formatValues(target, ours),
      formatValues(target, theirs),
      BigInt(this.#sender.nowMs),
    )
  }
}

function formatKey(target: TableTarget, row: RowLine): string {
  return formatValues(target, target.keyOf(row)) ?? ''
}

/** Values as readable JSON, in the form of the message body. */
function formatValues(target: TableTarget, values: readonly Value[] | undefined): string | null {
  if (values === undefined) return null
  const encoded = values.map((value, index) =>
    encodeValue(value, target.line.columns[index]?.type ?? 'text', base64),
  )
  return JSON.stringify(encoded)
}
