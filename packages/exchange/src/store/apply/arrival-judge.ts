import type { RowLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { decideConflict, laterOf } from '../../plan/conflict.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { ConflictPolicy, PlanRules } from '../../plan/plan-rules.ts'
import { compareVersions, type RowVersion } from '../../plan/row-version.ts'
import type { Sender } from '../change-store.ts'
import type { ApplyDatabase } from './apply-database.ts'
import type { OwnVersions } from './own-versions.ts'
import { formatKey, formatRow, formatValues } from './row-text.ts'
import type { Arrival, Known, RowWriter } from './row-writer.ts'
import type { IndexEntry, TableTarget } from './table-target.ts'
import type { WaitingVersions } from './waiting-versions.ts'

/** What is to be done with rows of one table. */
export interface Judgement {
  readonly write: readonly Known[]
  /** Rows that stay as they are here, by a decision that has to travel: with a new version. */
  readonly confirm: readonly Known[]
  /** Rows that are no longer this node's share. */
  readonly depart: readonly RowLine[]
  /** The same of rows that stay, because they were changed here since. What waits of them goes. */
  readonly stay: readonly RowLine[]
}

/** Whether the sender told these rows before, in the same versions. */
export interface RowHistory {
  readonly areToldAgain?: boolean
}

/** What a judge has to know. */
export interface JudgeOptions {
  readonly database: ApplyDatabase
  readonly thisNode: NodeCode
  readonly sender: Sender
  readonly rules: PlanRules
  readonly versions: OwnVersions
  readonly waiting: WaitingVersions
  readonly writer: RowWriter
}

/** A row of the message beside the row that is here. */
interface Meeting extends Known {
  readonly entry: IndexEntry
  readonly present: readonly Value[] | undefined
}

/** Compares the rows of a message with those that are here, and settles what was changed on both sides. */
export class ArrivalJudge {
  readonly #options: JudgeOptions
  #outdated = 0
  #conflicts = 0
  /** The versions of this message that lost or won against others: the same may wait since an earlier one. */
  readonly #met = new Set<string>()

  constructor(options: JudgeOptions) {
    this.#options = options
  }

  /** How many rows were here already, or in a newer version. */
  get outdated(): number {
    return this.#outdated
  }

  get conflicts(): number {
    return this.#conflicts
  }

  /** Rows that are told again were judged when they came first: what is here was decided then, or made on top of them. */
  async judge(
    target: TableTarget,
    rows: readonly RowLine[],
    { areToldAgain = false }: RowHistory,
  ): Promise<Judgement> {
    const via = this.#options.sender.code
    const entries = await target.entriesOf(rows)
    const arrivals = rows.map((row, index): Known => ({ target, row, via, entry: entries[index] }))
    const toCompare = areToldAgain ? [] : arrivals.filter((arrival) => this.#needsPresent(arrival))
    const presents = await presentOf(toCompare)
    const write: Known[] = []
    const confirm: Known[] = []
    const depart: RowLine[] = []
    const stay: RowLine[] = []
    for (const arrival of arrivals) {
      const { entry, row } = arrival
      if (row.kind === 'departure') {
        if (await this.#mayDepart(arrival)) depart.push(row)
        else stay.push(row)
      } else if (entry === undefined) {
        write.push(arrival)
      } else if (areToldAgain) {
        if (compareVersions(row, entry) > 0) write.push(arrival)
        else this.#outdated += 1
      } else {
        const ruling = await this.#meet({ ...arrival, entry, present: presents.get(arrival) })
        if (ruling?.does === 'write') write.push(ruling.arrival)
        else if (ruling?.does === 'confirm') confirm.push(ruling.arrival)
        else this.#outdated += 1
      }
    }
    this.#outdated += stay.length
    return { write, confirm, depart, stay }
  }

  /**
   * Whether a row that waited is here in the same or a newer version by now. It may have been changed here meanwhile, or by a node
   * that never saw it: that is a conflict.
   */
  async isOutdated(arrival: Known): Promise<boolean> {
    const { entry, row, via } = arrival
    if (entry === undefined) return row.kind === 'departure'
    if (row.kind === 'departure') return !this.#isToDepart(arrival, entry)
    if (compareVersions(row, entry) > 0) return false
    const present = (await presentOf([arrival])).get(arrival)
    const meeting: Meeting = { ...arrival, entry, present }
    const isOvertaken = await this.#isOvertaken(meeting)
    if (isOvertaken) await this.#confirm(meeting)
    const order = isOvertaken ? -1 : orderOf(meeting)
    if (order > 0) return false
    this.#outdated += 1
    if (order < 0 && entry.via !== via && !areSame(meeting) && !this.#met.has(nameOf(meeting))) {
      await this.#record(meeting, { winner: 'ours', policy: 'latest' })
    }
    return true
  }

  /** Whether a change that was made here, by a clock that is behind, has got the version of a decision that waits. */
  async #isOvertaken(meeting: Meeting): Promise<boolean> {
    const { row, entry } = meeting
    if (compareVersions(row, entry) !== 0 || entry.via !== '' || areSame(meeting)) return false
    return this.#options.versions.isWaiting(meeting)
  }

  /** The row stays as it is here, as a version of its own. */
  async #confirm(meeting: Meeting): Promise<void> {
    const version = await this.#options.versions.above(meeting, meeting.entry)
    await this.#options.writer.record([{ ...meeting, row: keptRow(meeting, version) }])
  }

  /** A row that was changed here since stays: its sender says so again when it knows of the change. One that is not here yet may wait. */
  async #mayDepart(arrival: Known): Promise<boolean> {
    const { entry } = arrival
    if (entry === undefined) return this.#options.waiting.leaveWith(arrival)
    return this.#isToDepart(arrival, entry)
  }

  /** Of another node than the one whose message this is, nobody can say here what it knows. */
  #isToDepart({ row, via }: Arrival, entry: IndexEntry): boolean {
    if (compareVersions(row, entry) < 0) return false
    return via !== this.#options.sender.code || !this.#isUnknownToSender(row, entry)
  }

  #needsPresent({ row, entry }: Known): boolean {
    if (entry === undefined || row.kind === 'departure') return false
    return compareVersions(row, entry) <= 0 || this.#isUnknownToSender(row, entry)
  }

  /**
   * Whether the sender made its change without knowing our version. Of two changes of one node it knew the first when it made the
   * second. A sender that begins anew, for example after a restored backup, has acknowledged nothing: then only what was
   * entered here counts, and not on top of what the sender offers, or every row that came from elsewhere or is merely older would.
   */
  #isUnknownToSender(row: RowLine, entry: IndexEntry): boolean {
    const { code, acknowledgedSeq, beginsAnew = false } = this.#options.sender
    if (entry.via === code || entry.seq <= acknowledgedSeq || entry.origin === row.origin) {
      return false
    }
    if (!beginsAnew) return true
    return entry.origin === this.#options.thisNode && row.stamp > (entry.base ?? -1)
  }

  /** `undefined` when our row stays as it is. */
  async #meet(
    meeting: Meeting,
  ): Promise<{ readonly does: 'write' | 'confirm'; readonly arrival: Known } | undefined> {
    const { entry, row, target } = meeting
    const order = orderOf(meeting)
    const isTie = compareVersions(row, entry) === 0
    const isConflict = order !== 0 && (isTie || this.#isUnknownToSender(row, entry))
    if (!isConflict || areSame(meeting)) {
      if (order > 0) return { does: 'write', arrival: meeting }
      return this.#isForgottenThere(meeting) ? this.#takeAgain(meeting) : undefined
    }
    const later = order > 0 ? 'theirs' : 'ours'
    // Two contents of one version: who of the two is asked is nobody's to say.
    const policy = isTie ? LATEST : this.#policyOf(target.line.table)
    const verdict = this.#decide(policy, meeting)
    const winner = typeof verdict === 'string' ? verdict : 'merged'
    await this.#record(meeting, { winner: isTie ? later : winner, policy: policy.kind })
    if (isTie || verdict === later) {
      return later === 'theirs' ? { does: 'write', arrival: meeting } : undefined
    }
    const version = await this.#options.versions.above(meeting, entry)
    if (verdict === 'ours') {
      return { does: 'confirm', arrival: { ...meeting, row: keptRow(meeting, version) } }
    }
    const decided =
      verdict === 'theirs'
        ? row
        : { ...row, kind: 'row' as const, values: valuesOf(meeting, verdict) }
    return { does: 'write', arrival: { ...meeting, row: { ...decided, ...version } } }
  }

  /**
   * Whether the sender knew that the row was deleted, and has forgotten it, see store/sqlite/deletions.ts: it took an older version from a node that was never
   * told, and whose clock is behind. Of a table that goes to nodes in parts the sender may not have been told either: it is now. A sender that
   * begins anew is told everything again.
   */
  #isForgottenThere({ target, row, entry, present }: Meeting): boolean {
    const { rules, sender } = this.#options
    if (row.kind !== 'row' || present !== undefined || sender.beginsAnew === true) return false
    const { direction = 'both', where } = rules.tables.get(target.line.table) ?? {}
    if (direction !== 'both') return false
    const wasTold = where === undefined && entry.seq <= sender.acknowledgedSeq
    return wasTold || entry.via === sender.code
  }

  /** Nobody keeps a deletion that others have forgotten: the row gets a version above it, with which it travels to all who still know. */
  async #takeAgain(meeting: Meeting): Promise<{ readonly does: 'write'; readonly arrival: Known }> {
    const version = await this.#options.versions.above(meeting, meeting.entry)
    return { does: 'write', arrival: { ...meeting, row: { ...meeting.row, ...version } } }
  }

  #decide(policy: ConflictPolicy, meeting: Meeting): ReturnType<typeof decideConflict> {
    const { entry, row, target, present } = meeting
    const { thisNode, sender, rules } = this.#options
    const contest = {
      table: target.line.table,
      ours: {
        stamp: entry.stamp,
        origin: entry.origin,
        columns: present && named(target, present),
      },
      theirs: {
        stamp: row.stamp,
        origin: row.origin,
        columns: row.kind === 'row' ? named(target, row.values) : undefined,
      },
    }
    // What a node that begins anew did not know, nobody can say: its old rows must not win by their side.
    if (sender.beginsAnew === true) return laterOf(contest)
    const parties = { thisNode, sender: sender.code, mainNode: rules.mainNode }
    return decideConflict(policy, contest, parties)
  }

  #policyOf(table: string): ConflictPolicy {
    const { rules } = this.#options
    return rules.tables.get(table)?.conflicts ?? rules.conflicts
  }

  async #record(
    { target, row, via, entry, present }: Meeting,
    decision: {
      readonly winner: 'ours' | 'theirs' | 'merged'
      readonly policy: ConflictPolicy['kind']
    },
  ): Promise<void> {
    const { line } = target
    this.#conflicts += 1
    this.#met.add(nameOf({ target, row }))
    await this.#options.database.keepConflict({
      line,
      table: line.table,
      key: formatKey(line, row),
      node: via,
      ...decision,
      isOpen: decision.policy === 'ask',
      ours: present && formatValues(line, present),
      theirs: formatRow(line, row),
      decidedAt: this.#options.sender.nowMs,
      stamp: Math.max(row.stamp, entry.stamp),
    })
  }
}

const LATEST: ConflictPolicy = { kind: 'latest' }

/**
 * Positive when the sender's row wins over ours, 0 when they are the same. One version may have two contents: a node that
 * was restored from a backup has made a change in each of its lives, at the same time of its clock. Then the greater
 * text wins, on every node alike; a deletion is less than any row.
 */
function orderOf(meeting: Meeting): number {
  const versions = compareVersions(meeting.row, meeting.entry)
  if (versions !== 0) return versions
  const [ours, theirs] = textsOf(meeting)
  if (ours === theirs) return 0
  return theirs > ours ? 1 : -1
}

function areSame(meeting: Meeting): boolean {
  const [ours, theirs] = textsOf(meeting)
  return ours === theirs
}

function textsOf({ target, row, present }: Meeting): readonly [ours: string, theirs: string] {
  const ours = present === undefined ? '' : formatValues(target.line, present)
  return [ours, formatRow(target.line, row) ?? '']
}

/** The row stays what it is here: only its key is written down. */
function keptRow({ row, present }: Meeting, version: RowVersion): RowLine {
  return { ...row, ...version, kind: present === undefined ? 'deletion' : 'row' }
}

function named(target: TableTarget, values: readonly Value[]): ReadonlyMap<string, Value> {
  const { columns } = target.line
  return new Map(columns.map(({ name }, index) => [name, values[index] ?? null]))
}

/** A row that an application's function made: it can't be another row than the one it was asked about. */
function valuesOf({ target, row }: Meeting, columns: ReadonlyMap<string, Value>): readonly Value[] {
  const { keyLength } = target.line
  return target.line.columns.map(({ name }, index) => {
    return (index < keyLength ? row.values[index] : columns.get(name)) ?? null
  })
}

/** A version of a row. */
function nameOf({ target: { line }, row }: Pick<Meeting, 'target' | 'row'>): string {
  return JSON.stringify([line.table, formatKey(line, row), row.stamp, row.origin])
}

async function presentOf(
  arrivals: readonly Known[],
): Promise<ReadonlyMap<Known, readonly Value[] | undefined>> {
  const [first] = arrivals
  if (first === undefined) return new Map()
  const presents = await first.target.presentRows(arrivals.map(({ row }) => row))
  return new Map(arrivals.map((arrival, index) => [arrival, presents[index]]))
}
