import { formatTableLine, type RowLine, type TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { ApplySummary, RowApplier, Sender } from '../change-store.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { ArrivalJudge } from './arrival-judge.ts'
import { inBatches } from './key-batches.ts'
import { PostponedRows } from './postponed-rows.ts'
import { formatKey } from './row-text.ts'
import { RowWriter } from './row-writer.ts'
import type { TableTarget } from './table-target.ts'

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
  readonly #postponed: PostponedRows
  readonly #targets = new Map<string, TableTarget>()
  #target: TableTarget | 'not taken' | undefined
  /** Which of the sender's columns are taken; `undefined` when all are. */
  #taken: readonly number[] | undefined
  #ignored = 0

  constructor(options: ApplyOptions) {
    this.#options = options
    this.#judge = new ArrivalJudge(options)
    this.#writer = new RowWriter(options.thisNode, options.headSeq)
    this.#postponed = new PostponedRows({
      database: options.database,
      writer: this.#writer,
      nowMs: options.sender.nowMs,
      targetFor: (line) => this.#targetFor(line),
      isOutdated: (arrival) => this.#judge.isOutdated(arrival),
    })
  }

  /** The last position of the change index, with the rows that were written. */
  get headSeq(): number {
    return this.#writer.headSeq
  }

  async beginTable(line: TableLine): Promise<void> {
    const rule = this.#options.rules.tables.get(line.table)
    this.#taken = columnsTaken(line, rule?.leaveOut)
    const columns = this.#taken?.flatMap((index) => line.columns[index] ?? []) ?? line.columns
    this.#target =
      rule?.direction === 'out' ? 'not taken' : await this.#targetFor({ ...line, columns })
  }

  async applyRows(rows: readonly RowLine[]): Promise<void> {
    const target = this.#target
    if (target === undefined) throw new TypeError('rows before a table')
    if (target === 'not taken') {
      this.#ignored += rows.length
      return
    }
    const taken = this.#taken === undefined ? rows : rows.map(narrowTo(this.#taken))
    for (const batch of inBatches(taken, target.line.keyLength)) await this.#apply(target, batch)
  }

  async finish(): Promise<ApplySummary> {
    const refused = await this.#postponed.finish()
    await this.#options.database.finish()
    return {
      applied: this.#writer.applied,
      outdated: this.#judge.outdated,
      conflicts: this.#judge.conflicts,
      refused,
      ...(this.#ignored > 0 && { ignored: this.#ignored }),
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

  async #apply(target: TableTarget, batch: readonly RowLine[]): Promise<void> {
    const { code, acknowledgedSeq, beginsAnew = false } = this.#options.sender
    const afterSeq = this.#writer.headSeq
    const terms = { sender: code, acknowledgedSeq, beginsAnew, afterSeq }
    const others = await target.writePlain(batch, terms)
    this.#writer.countPlain(batch.length - others.length)
    if (others.length === 0) return
    const { write, confirm, depart } = await this.#judge.judge(target, others)
    await this.#depart(target, depart)
    await this.#writer.record(confirm)
    this.#postponed.add(await this.#writer.write(write))
  }

  /** What waits under such a key is no longer this node's share either. */
  async #depart(target: TableTarget, rows: readonly RowLine[]): Promise<void> {
    if (rows.length === 0) return
    await target.depart(rows)
    this.#writer.countDepartures(rows.length)
    for (const row of rows) {
      await this.#options.database.forgetWaiting(target.line.table, formatKey(target.line, row))
    }
  }
}

/** A column that stays at its node is not taken from others either: they would overwrite it with what they have instead. */
function columnsTaken(
  { columns, keyLength }: TableLine,
  leaveOut: readonly string[] = [],
): readonly number[] | undefined {
  const taken = columns.flatMap(({ name }, index) => {
    return index >= keyLength && leaveOut.includes(name) ? [] : [index]
  })
  return taken.length === columns.length ? undefined : taken
}

function narrowTo(columns: readonly number[]): (row: RowLine) => RowLine {
  return (row) => {
    if (row.kind !== 'row') return row
    return { ...row, values: columns.map((index) => row.values[index] ?? null) }
  }
}
