import { formatTableLine, type RowLine, type TableLine } from '../../message/body-lines.ts'
import type { NarrowerColumn } from '../../message/column-capacity.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { ApplySummary, RowApplier, Sender } from '../change-store.ts'
import { SchemaMismatch, type TableDifference } from '../errors.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { ArrivalJudge, type RowHistory } from './arrival-judge.ts'
import { ColumnSieve } from './column-sieve.ts'
import { HeldRows } from './held-rows.ts'
import { inBatches } from './key-batches.ts'
import { OwnVersions } from './own-versions.ts'
import { PostponedRows } from './postponed-rows.ts'
import { formatKey } from './row-text.ts'
import { type Arrival, type Known, RowWriter } from './row-writer.ts'
import type { TableTarget } from './table-target.ts'
import type { WaitingRow } from './waiting-row.ts'
import { WaitingVersions } from './waiting-versions.ts'

/** Whose rows are applied, to what, and by which rules. */
export interface ApplyOptions {
  readonly database: ApplyDatabase
  readonly thisNode: NodeCode
  readonly sender: Sender
  readonly rules: PlanRules
  /** The last position of the change index. */
  readonly headSeq: number
}

/**
 * Applies the rows of one message to the tables of any database, within the transaction that is open. What is the same for every
 * database is decided here, batch by batch; what the database does is behind {@link ApplyDatabase}.
 */
export class BatchRowApplier implements RowApplier {
  readonly #options: ApplyOptions
  readonly #judge: ArrivalJudge
  readonly #writer: RowWriter
  readonly #waiting: WaitingVersions
  readonly #held: HeldRows
  readonly #postponed: PostponedRows
  readonly #targets = new Map<string, TableTarget>()
  #target: TableTarget | 'not taken' | undefined
  #sieve: ColumnSieve | undefined
  #ignored = 0
  /** Rows that are still to come, and were told before. */
  #toldAgain: number
  readonly #differences: TableDifference[] = []
  readonly #narrower = new Map<string, readonly NarrowerColumn[]>()

  constructor(options: ApplyOptions) {
    this.#options = options
    this.#toldAgain = options.sender.toldAgain ?? 0
    const waiting = new WaitingVersions(options.database)
    const versions = new OwnVersions(waiting, options.thisNode)
    this.#writer = new RowWriter(versions, options.headSeq)
    this.#judge = new ArrivalJudge({ ...options, versions, waiting, writer: this.#writer })
    this.#waiting = waiting
    const isOutdated = (arrival: Known): Promise<boolean> => this.#judge.isOutdated(arrival)
    this.#held = new HeldRows({ ...options, versions, writer: this.#writer, isOutdated })
    this.#postponed = new PostponedRows({
      database: options.database,
      writer: this.#writer,
      held: this.#held,
      nowMs: options.sender.nowMs,
      isStrict: options.rules.strict && options.sender.hasMore !== true,
      targetFor: (line) => this.#targetFor(line),
      isOutdated,
    })
  }

  get batchRows(): number {
    return this.#options.database.batchRows ?? 1
  }

  /** The last position of the change index, with the rows that were written. */
  get headSeq(): number {
    return this.#writer.headSeq
  }

  /** What waits, as a message leaves it. */
  waitingRows(): Promise<readonly WaitingRow[]> {
    return this.#options.database.waitingRows()
  }

  async beginTable(line: TableLine): Promise<void> {
    this.#target = 'not taken'
    if (this.#options.rules.tables.get(line.table)?.direction === 'out') return
    this.#sieve = new ColumnSieve(line, this.#options.database.leftOut(line.table))
    try {
      this.#target = await this.#targetFor(this.#sieve.line)
      this.#narrower.set(line.table, this.#target.narrower ?? [])
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error
      this.#differences.push(...error.differences)
    }
  }

  async applyRows(rows: readonly RowLine[]): Promise<void> {
    const target = this.#target
    if (target === undefined) throw new TypeError('rows before a table')
    const toldAgain = Math.min(this.#toldAgain, rows.length)
    this.#toldAgain -= toldAgain
    // The message waits: from here on only its other tables are looked at.
    if (this.#differences.length > 0) return
    if (target === 'not taken') {
      this.#ignored += rows.length
      return
    }
    const taken = this.#sieve?.pass(rows) ?? rows
    const areToldAgain = true
    if (toldAgain > 0) await this.#applyAll(target, taken.slice(0, toldAgain), { areToldAgain })
    await this.#applyAll(target, toldAgain > 0 ? taken.slice(toldAgain) : taken)
  }

  async finish(): Promise<ApplySummary> {
    const mismatch = SchemaMismatch.ofAll(this.#differences)
    if (mismatch !== undefined) throw mismatch
    const refused = await this.#postponed.finish()
    await this.#options.database.finish()
    const narrower = [...this.#narrower.values()].flat()
    return {
      applied: this.#writer.applied,
      outdated: this.#judge.outdated,
      conflicts: this.#judge.conflicts,
      refused,
      ...(this.#ignored > 0 && { ignored: this.#ignored }),
      ...(narrower.length > 0 && { narrower }),
    }
  }

  async #targetFor(line: TableLine): Promise<TableTarget> {
    const shape = formatTableLine(line)
    const known = this.#targets.get(shape)
    if (known !== undefined) return known
    const target = await this.#options.database.targetFor(line)
    this.#targets.set(shape, target)
    return target
  }

  async #applyAll(
    target: TableTarget,
    rows: readonly RowLine[],
    history: RowHistory = {},
  ): Promise<void> {
    for (const distinct of inBatches(rows, target.line.keyLength)) {
      const batches = (await target.divide?.(distinct)) ?? [distinct]
      for (const batch of batches) await this.#apply(target, batch, history)
    }
  }

  async #apply(target: TableTarget, batch: readonly RowLine[], history: RowHistory): Promise<void> {
    const { code, acknowledgedSeq, beginsAnew = false } = this.#options.sender
    await this.#takeBack(target, batch)
    const afterSeq = this.#writer.headSeq
    const terms = { sender: code, acknowledgedSeq, beginsAnew, afterSeq }
    const others = await target.writePlain(batch, terms)
    this.#writer.countPlain(batch.length - others.length)
    if (others.length === 0) return
    const judgement = await this.#judge.judge(target, others, history)
    const { write, confirm, depart, stay } = judgement
    const going: Arrival[] = depart.map((row) => ({ target, row, via: code }))
    await this.#forgetWaiting(target, stay)
    await this.#writer.record(confirm)
    if (target.isParent) {
      this.#held.add([...going, ...write.filter(({ row }) => row.kind === 'deletion')])
      this.#postponed.add(await this.#writer.write(write.filter(({ row }) => row.kind === 'row')))
    } else {
      await this.#depart(target, going)
      this.#postponed.add(await this.#writer.write(write))
    }
  }

  /** Of a row that waits to go, and that its sender names again, it says that the row is this node's share after all. */
  async #takeBack(target: TableTarget, batch: readonly RowLine[]): Promise<void> {
    const { database, sender } = this.#options
    if (!(await this.#waiting.hasDepartures())) return
    for (const row of batch) {
      if (row.kind !== 'row') continue
      if (!(await this.#waiting.isLeaving({ target, row }, sender.code))) continue
      await database.forgetWaiting(target.line.table, formatKey(target.line, row))
    }
  }

  /** What is not let go is tried again with those that are held. */
  async #depart(target: TableTarget, going: readonly Arrival[]): Promise<void> {
    const refused = new Set((await this.#writer.depart(going)).map(({ arrival }) => arrival))
    this.#held.add([...refused])
    const gone = going.filter((departure) => !refused.has(departure))
    await this.#forgetWaiting(
      target,
      gone.map(({ row }) => row),
    )
  }

  /** What waits under the key of a departure, and is no newer, is no longer this node's share either. */
  async #forgetWaiting(target: TableTarget, departures: readonly RowLine[]): Promise<void> {
    for (const row of departures) {
      if (!(await this.#waiting.leaveWith({ target, row }))) continue
      await this.#options.database.forgetWaiting(target.line.table, formatKey(target.line, row))
    }
  }
}
