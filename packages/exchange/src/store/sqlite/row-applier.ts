import { formatTableLine, type RowLine, type TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import type { ApplySummary, RowApplier, Sender } from '../change-store.ts'
import { SchemaMismatch } from '../errors.ts'
import type { CapturedTable } from './capture.ts'
import { forgetRefused, keepRefused, readRefused } from './refused-rows.ts'
import { isRefusal, Query, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { SuspendedTriggers } from './suspended-triggers.ts'
import { type IndexEntry, TableTarget, type Written } from './table-target.ts'

/** A row, and the node that it came from. */
interface Arrival {
  readonly target: TableTarget
  readonly row: RowLine
  readonly via: NodeCode
}

/** A row that did not fit when its turn came, with what the database said. */
interface Postponed extends Arrival {
  readonly reason: string
  /** It was refused at an earlier message: its key and the reason, as they are on record. */
  readonly waiting?: { readonly key: string; readonly reason: string }
}

/** Each try is over all rows that are left; a chain of values longer than this, with a row at its end that fits nowhere, waits. */
const MAX_SWAP_TRIES = 20

/** Whose rows are applied, and to what. */
export interface ApplyOptions {
  readonly tables: readonly CapturedTable[]
  readonly thisNode: NodeCode
  readonly sender: Sender
  /** Gives out the positions of the change index. */
  readonly nextSeq: () => number
}

/** Applies the rows of one message to the tables of a database, within the transaction that is open. */
export class SqliteRowApplier implements RowApplier {
  readonly #database: SqliteDatabase
  readonly #tables: ReadonlyMap<string, CapturedTable>
  readonly #thisNode: NodeCode
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
    this.#thisNode = options.thisNode
    this.#sender = options.sender
    this.#nextSeq = options.nextSeq
    this.#triggers = new SuspendedTriggers(database, options.tables)
  }

  beginTable(line: TableLine): Promise<void> {
    this.#target = this.#targetFor(line)
    return Promise.resolve()
  }

  applyRows(rows: readonly RowLine[]): Promise<void> {
    const target = this.#target
    if (target === undefined) throw new TypeError('rows before a table')
    for (const row of rows) this.#apply(target, row)
    return Promise.resolve()
  }

  finish(): Promise<ApplySummary> {
    this.#takeRefused()
    this.#retryPostponed()
    this.#swapPostponed()
    for (const postponed of this.#postponed) this.#setAside(postponed)
    this.#triggers.restore()
    const [refused] = this.#query('SELECT count(*) FROM obmen_refused').first() ?? [0]
    return Promise.resolve({
      applied: this.#applied,
      outdated: this.#outdated,
      conflicts: this.#conflicts,
      refused: toNumber(refused),
    })
  }

  #query(sql: string): Query {
    return new Query(this.#database, sql)
  }

  #targetFor(line: TableLine): TableTarget {
    const shape = formatTableLine(line)
    const known = this.#targets.get(shape)
    if (known !== undefined) return known
    const table = this.#tables.get(line.table)
    if (table === undefined) throw new SchemaMismatch(line.table, 'it is not in the plan here')
    // Before its statements are made: the triggers may call what only the application has.
    this.#triggers.suspend(table)
    const target = new TableTarget(this.#database, table, line)
    this.#targets.set(shape, target)
    return target
  }

  /** Applies a row of the message. What was changed on both sides since the last exchange is put on record. */
  #apply(target: TableTarget, row: RowLine): void {
    const via = this.#sender.code
    const entry = target.entryOf(row)
    if (entry !== undefined) {
      const order = target.orderOf(row, entry)
      if (order !== 0 && (this.#isUnknownToSender(entry) || compareVersions(row, entry) === 0)) {
        this.#recordConflict({ target, row, via }, order > 0 ? 'theirs' : 'ours')
      }
      if (order <= 0) {
        this.#outdated += 1
        return
      }
    }
    const reason = this.#tryToWrite({ target, row, via }, entry)
    if (reason !== undefined) this.#postponed.push({ target, row, via, reason })
  }

  /**
   * Whether the sender made its change without knowing our version. A sender that begins anew, for example after a restored
   * backup, has acknowledged nothing: then only what was entered here counts, or every row that came from elsewhere would.
   */
  #isUnknownToSender(entry: IndexEntry): boolean {
    const { code, acknowledgedSeq } = this.#sender
    if (entry.via === code || entry.seq <= acknowledgedSeq) return false
    return entry.origin === this.#thisNode || acknowledgedSeq > 0
  }

  /** Writes the row, or gives the reason why the database refuses it. */
  #tryToWrite(arrival: Arrival, entry: IndexEntry | undefined): string | undefined {
    const outcome = attempt(() => arrival.target.write(arrival.row, entry))
    if (outcome.kind === 'refused') return outcome.reason
    this.#recordApplied(arrival, outcome.written)
    return undefined
  }

  /**
   * A row that has values of ours in columns that the sender does not name is no node's row yet: as a new version it
   * travels, to the sender too, and is applied there as it is. So two nodes never raise each other's version for ever: one
   * that lacks a column does not take rows that have it.
   */
  #recordApplied({ target, row, via }: Arrival, written: Written): void {
    const seq = this.#nextSeq()
    const version =
      written === 'merged'
        ? { stamp: row.stamp + 1, origin: this.#thisNode, via: '' }
        : { stamp: row.stamp, origin: row.origin, via }
    target.record(row, { seq, ...version })
    this.#applied += 1
  }

  /** What did not fit may fit now that all rows are here, for example a unique value that moved from one row to another. */
  #retryPostponed(): void {
    let before = Number.POSITIVE_INFINITY
    while (this.#postponed.length > 0 && this.#postponed.length < before) {
      before = this.#postponed.length
      const again = this.#postponed
      this.#postponed = []
      for (const postponed of again) this.#retry(postponed)
    }
  }

  /** A row that was set aside may have been changed here meanwhile, or by a node that never saw it: that is a conflict. */
  #retry(postponed: Postponed): void {
    const entry = postponed.target.entryOf(postponed.row)
    const order = entry === undefined ? 1 : postponed.target.orderOf(postponed.row, entry)
    if (order > 0) {
      const reason = this.#tryToWrite(postponed, entry)
      if (reason !== undefined) this.#postponed.push({ ...postponed, reason })
      else this.#forget(postponed)
      return
    }
    this.#forget(postponed)
    this.#outdated += 1
    if (order < 0 && entry?.via !== postponed.via) this.#recordConflict(postponed, 'ours')
  }

  /**
   * Rows that exchange unique values among themselves fit only when all of them have made room first. Those that fit
   * not even then take no part in the next try: they would keep the others from theirs.
   */
  #swapPostponed(): void {
    let candidates = this.#postponed
    for (let tries = 0; tries < MAX_SWAP_TRIES && candidates.length > 1; tries += 1) {
      const fitting = this.#trySwap(candidates)
      if (fitting.size === candidates.length) {
        for (const [postponed, written] of fitting) {
          this.#recordApplied(postponed, written)
          this.#forget(postponed)
        }
        this.#postponed = this.#postponed.filter((postponed) => !fitting.has(postponed))
        return
      }
      candidates = [...fitting.keys()]
    }
  }

  /** Takes the rows out and puts them back as the sender has them. Gives those that fit; nothing has changed unless all do. */
  #trySwap(candidates: readonly Postponed[]): ReadonlyMap<Postponed, Written> {
    this.#database.exec('SAVEPOINT obmen_swap')
    const takenOut = candidates.map(({ target, row }) => target.takeOut(row))
    const fitting = new Map<Postponed, Written>()
    for (const [index, candidate] of candidates.entries()) {
      const outcome = attempt(() => candidate.target.putBack(candidate.row, takenOut[index]))
      if (outcome.kind === 'written') fitting.set(candidate, outcome.written)
    }
    if (fitting.size < candidates.length) this.#database.exec('ROLLBACK TO obmen_swap')
    this.#database.exec('RELEASE obmen_swap')
    return fitting
  }

  /** Rows refused at earlier messages get their chance after each later one, where their table still takes them. */
  #takeRefused(): void {
    for (const refused of readRefused(this.#database)) {
      const target = this.#targetForRefused(refused.table)
      if (target === undefined) continue
      this.#postponed.push({ ...refused, target, waiting: refused })
    }
  }

  #targetForRefused(line: TableLine): TableTarget | undefined {
    try {
      return this.#targetFor(line)
    } catch (error) {
      if (error instanceof SchemaMismatch) return undefined
      throw error
    }
  }

  #forget({ target, waiting }: Postponed): void {
    if (waiting !== undefined) forgetRefused(this.#database, target.line.table, waiting.key)
  }

  /** What waits already, and for the same reason, stays on record as it is. */
  #setAside(postponed: Postponed): void {
    const { target, reason, waiting } = postponed
    if (reason === waiting?.reason) return
    const key = target.keyText(postponed.row)
    keepRefused(this.#database, { ...postponed, table: target.line, key }, this.#sender.nowMs)
  }

  #recordConflict({ target, row, via }: Arrival, winner: 'ours' | 'theirs'): void {
    const ours = target.presentText(row)
    const theirs = target.text(row)
    if (ours === theirs) return
    this.#conflicts += 1
    this.#query(
      `INSERT INTO obmen_conflict (table_name, row_key, node, winner, ours, theirs, decided_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      target.line.table,
      target.keyText(row),
      via,
      winner,
      ours,
      theirs,
      BigInt(this.#sender.nowMs),
    )
  }
}

type Outcome =
  | { readonly kind: 'written'; readonly written: Written }
  | { readonly kind: 'refused'; readonly reason: string }

/** Writes, or gives what the database says when it refuses to. */
function attempt(write: () => Written): Outcome {
  try {
    return { kind: 'written', written: write() }
  } catch (error) {
    if (isRefusal(error)) return { kind: 'refused', reason: error.message }
    throw error
  }
}
