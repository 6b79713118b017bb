import { formatTableLine, type RowLine, type TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import type { ApplySummary, RowApplier, Sender } from '../change-store.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { ColumnSieve } from './column-sieve.ts'
import { inBatches } from './key-batches.ts'
import { PostponedRows } from './postponed-rows.ts'
import { formatKey, formatRow, formatValues } from './row-text.ts'
import { type Known, RowWriter } from './row-writer.ts'
import type { IndexEntry, TableTarget } from './table-target.ts'

/** Whose rows are applied, and to what. */
export interface ApplyOptions {
  readonly database: ApplyDatabase
  readonly thisNode: NodeCode
  readonly sender: Sender
  /** The last position of the change index. */
  readonly headSeq: number
}

/**
 * Applies the rows of one message to the tables of any database, within the transaction that is open. What is the same for every
 * database is decided here, batch by batch; what the database does is behind {@link ApplyDatabase}.
 */
export class BatchRowApplier implements RowApplier {
  readonly #database: ApplyDatabase
  readonly #thisNode: NodeCode
  readonly #sender: Sender
  readonly #writer: RowWriter
  readonly #postponed: PostponedRows
  readonly #targets = new Map<string, TableTarget>()
  #sieve: ColumnSieve | undefined
  #target: TableTarget | undefined
  #outdated = 0
  #conflicts = 0

  constructor(options: ApplyOptions) {
    this.#database = options.database
    this.#thisNode = options.thisNode
    this.#sender = options.sender
    this.#writer = new RowWriter(options.thisNode, options.headSeq)
    this.#postponed = new PostponedRows({
      database: options.database,
      writer: this.#writer,
      nowMs: options.sender.nowMs,
      targetFor: (line) => this.#targetFor(line),
      isOutdated: (arrival) => this.#isOutdated(arrival),
    })
  }

  /** The last position of the change index, with the rows that were written. */
  get headSeq(): number {
    return this.#writer.headSeq
  }

  async beginTable(line: TableLine): Promise<void> {
    this.#sieve = new ColumnSieve(line, this.#database.leftOut(line.table))
    this.#target = await this.#targetFor(this.#sieve.line)
  }

  async applyRows(rows: readonly RowLine[]): Promise<void> {
    const target = this.#target
    if (target === undefined) throw new TypeError('rows before a table')
    const taken = this.#sieve?.pass(rows) ?? rows
    for (const batch of inBatches(taken, target.line.keyLength)) await this.#apply(target, batch)
  }

  async finish(): Promise<ApplySummary> {
    const refused = await this.#postponed.finish()
    await this.#database.finish()
    return {
      applied: this.#writer.applied,
      outdated: this.#outdated,
      conflicts: this.#conflicts,
      refused,
    }
  }

  async #targetFor(line: TableLine): Promise<TableTarget> {
    const shape = formatTableLine(line)
    const known = this.#targets.get(shape)
    if (known !== undefined) return known
    const target = await this.#database.targetFor(line)
    this.#targets.set(shape, target)
    return target
  }

  async #apply(target: TableTarget, batch: readonly RowLine[]): Promise<void> {
    const { code, acknowledgedSeq } = this.#sender
    const afterSeq = this.#writer.headSeq
    const others = await target.writePlain(batch, { sender: code, acknowledgedSeq, afterSeq })
    this.#writer.countPlain(batch.length - others.length)
    if (others.length === 0) return
    const wanted: Known[] = []
    const entries = await target.entriesOf(others)
    for (const [index, row] of others.entries()) {
      const arrival: Known = { target, row, via: code, entry: entries[index] }
      if (await this.#wins(arrival)) wanted.push(arrival)
    }
    this.#postponed.add(await this.#writer.write(wanted))
  }

  /** Whether a row of the message is to be written. What was changed on both sides since the last exchange is put on record. */
  async #wins(arrival: Known): Promise<boolean> {
    const { entry, row } = arrival
    if (entry === undefined) return true
    const order = await orderOf(arrival, entry)
    if (order !== 0 && (this.#isUnknownToSender(entry) || compareVersions(row, entry) === 0)) {
      await this.#recordConflict(arrival, order > 0 ? 'theirs' : 'ours')
    }
    if (order <= 0) this.#outdated += 1
    return order > 0
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

  /** A row that waited may have been changed here meanwhile, or by a node that never saw it: that is a conflict. */
  async #isOutdated(arrival: Known): Promise<boolean> {
    const { entry, via } = arrival
    if (entry === undefined) return false
    const order = await orderOf(arrival, entry)
    if (order > 0) return false
    this.#outdated += 1
    if (order < 0 && entry.via !== via) await this.#recordConflict(arrival, 'ours')
    return true
  }

  async #recordConflict(arrival: Known, winner: 'ours' | 'theirs'): Promise<void> {
    const { line } = arrival.target
    const present = await presentOf(arrival)
    const ours = present && formatValues(line, present)
    const theirs = formatRow(line, arrival.row)
    if (ours === theirs) return
    this.#conflicts += 1
    await this.#database.keepConflict({
      table: line.table,
      key: formatKey(line, arrival.row),
      node: arrival.via,
      winner,
      ours,
      theirs,
      decidedAt: this.#sender.nowMs,
    })
  }
}

/**
 * Positive when the sender's row wins over ours, 0 when they are the same. One version may have two contents: a node that
 * was restored from a backup has made a change in each of its lives, at the same time of its clock. Then the greater
 * text wins, on every node alike; a deletion is less than any row.
 */
async function orderOf(arrival: Known, entry: IndexEntry): Promise<number> {
  const { target, row } = arrival
  const versions = compareVersions(row, entry)
  if (versions !== 0) return versions
  const present = await presentOf(arrival)
  const ours = present === undefined ? '' : formatValues(target.line, present)
  const theirs = formatRow(target.line, row) ?? ''
  if (ours === theirs) return 0
  return theirs > ours ? 1 : -1
}

async function presentOf({ target, row }: Known): Promise<readonly Value[] | undefined> {
  const [present] = await target.presentRows([row])
  return present
}
