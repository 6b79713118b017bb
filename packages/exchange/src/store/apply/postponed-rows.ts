import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import { compareVersions } from '../../plan/row-version.ts'
import { RowRefused, SchemaMismatch } from '../errors.ts'
import type { ApplyDatabase } from './apply-database.ts'
import type { Held, HeldRows } from './held-rows.ts'
import { formatKey, formatRow, formatValues } from './row-text.ts'
import {
  type Arrival,
  byTarget,
  isRefused,
  type Known,
  type Refused,
  type RowWriter,
  withEntries,
} from './row-writer.ts'
import type { TableTarget, WriteOutcome } from './table-target.ts'
import type { WaitingRow } from './waiting-row.ts'

/** A row that did not fit when its turn came, with what the database said. */
interface Postponed extends Arrival {
  readonly key: string
  readonly reason: string
  /** The reason on record, when it waits since an earlier message; empty when an older version of it does. */
  readonly waitsFor?: string
}

/** Each try is over all rows that are left; a chain of values longer than this, with a row at its end that fits nowhere, waits. */
const MAX_SWAP_TRIES = 20

/** Rows that refer to one another in the wrong order fit one after the other; a longer chain is left to the swap. */
const MAX_PASSES = 20

/** What is needed to try rows again. */
export interface PostponedOptions {
  readonly database: ApplyDatabase
  readonly writer: RowWriter
  readonly held: HeldRows
  readonly nowMs: number
  /** A row that the database refuses is not set aside: it stops its message. */
  readonly isStrict: boolean
  readonly targetFor: (line: TableLine) => Promise<TableTarget>
  /** Whether this node has the same or a newer version meanwhile. */
  readonly isOutdated: (arrival: Known) => Promise<boolean>
}

/** The rows of a message that did not fit at their place, and those that were refused at earlier messages. */
export class PostponedRows {
  readonly #options: PostponedOptions
  #rows: Postponed[] = []

  constructor(options: PostponedOptions) {
    this.#options = options
  }

  add(refused: readonly Refused<Arrival>[]): void {
    for (const { arrival, reason } of refused) {
      const { target, row, via } = arrival
      this.#rows.push({ target, row, via, reason, key: formatKey(target.line, row) })
    }
  }

  /** Tries everything once more, and sets aside what the database still refuses. Gives how many rows wait then. */
  async finish(): Promise<number> {
    const { held, database, nowMs } = this.#options
    const unreachable = await this.#takeWaiting()
    await this.#retryAndRelease()
    if (await this.#swap()) await this.#retryAndRelease()
    const { stillHeld, refused, hasRestored } = await held.settle()
    if (hasRestored) this.#rows = await this.#withoutOutdated()
    const toGo = this.#takePlaces(stillHeld)
    const kept = this.#takePlaces(refused)
    const setAside = await this.#setAside([...this.#rows, ...kept])
    for (const row of toGo) {
      const table = row.target.line
      if (row.waitsFor !== row.reason)
        await database.keepWaiting({ ...row, table, ours: undefined }, nowMs)
    }
    return setAside + toGo.length + unreachable
  }

  /**
   * Rows refused at earlier messages get their chance after each later one, where their table still takes them. Of two versions
   * of one row, which may have come from two nodes, only the newer is kept. Gives how many have no table to go to.
   */
  async #takeWaiting(): Promise<number> {
    const { database, targetFor } = this.#options
    const newest = new Map(this.#rows.map((row) => [nameOf(row.target.line, row.key), row]))
    const waitingToGo: Held[] = []
    let unreachable = 0
    for (const waiting of await database.waitingRows()) {
      const name = nameOf(waiting.table, waiting.key)
      const rival = newest.get(name)
      if (rival !== undefined && isNewer(rival.row, waiting)) {
        newest.set(name, { ...rival, waitsFor: '' })
        continue
      }
      const target = await reach(waiting, targetFor)
      if (target === undefined) {
        newest.delete(name)
        unreachable += 1
      } else if (waiting.row.kind === 'row') {
        newest.set(name, { ...waiting, target, waitsFor: waiting.reason })
      } else {
        newest.delete(name)
        waitingToGo.push({ ...waiting, target, waitsFor: waiting.reason })
      }
    }
    this.#options.held.addWaiting(waitingToGo)
    this.#rows = await this.#options.held.withoutGoing([...newest.values()])
    return unreachable
  }

  /** What goes makes room for what did not fit; and what fits may refer to another row than before. */
  async #retryAndRelease(): Promise<void> {
    do await this.#retry()
    while (await this.#options.held.release())
  }

  /** What did not fit may fit now that all rows are here, for example a unique value that moved from one row to another. */
  async #retry(): Promise<void> {
    let before = Number.POSITIVE_INFINITY
    for (let pass = 0; pass < MAX_PASSES && this.#rows.length < before; pass += 1) {
      if (this.#rows.length === 0) return
      before = this.#rows.length
      const again = await this.#withoutOutdated()
      const refused = await this.#options.writer.write(again)
      this.#rows = refused.map(({ arrival, reason }) => ({ ...arrival, reason }))
      const left = new Set(refused.map(({ arrival }) => arrival))
      for (const row of again) if (!left.has(row)) await this.#forget(row)
    }
  }

  /** One version waits under a key: what is to go, and can't, gives its place up to a newer row, and takes that of an older one. */
  #takePlaces<Row extends Held>(toGo: readonly Row[]): readonly Row[] {
    const waiting = new Map(this.#rows.map((row) => [nameOf(row.target.line, row.key), row]))
    const former = new Set<Postponed>()
    const kept = toGo.flatMap((going) => {
      const rival = waiting.get(nameOf(going.target.line, going.key))
      if (rival === undefined) return [going]
      if (compareVersions(rival.row, going.row) > 0) return []
      former.add(rival)
      return [{ ...going, waitsFor: '' }]
    })
    this.#rows = this.#rows.filter((row) => !former.has(row))
    return kept
  }

  /** What is here in the same or a newer version by now waits no more. */
  async #withoutOutdated(): Promise<(Postponed & Known)[]> {
    const current: (Postponed & Known)[] = []
    for (const known of await withEntries(this.#rows)) {
      if (await this.#options.isOutdated(known)) await this.#forget(known)
      else current.push(known)
    }
    return current
  }

  /**
   * Rows that exchange unique values among themselves, or refer to one another, fit only when all of them have made room first.
   * Those that fit not even then take no part in the next try: they would keep the others from theirs. Gives whether any fitted.
   */
  async #swap(): Promise<boolean> {
    let candidates: readonly Postponed[] = this.#rows
    for (let tries = 0; tries < MAX_SWAP_TRIES && candidates.length > 1; tries += 1) {
      const fitting = await this.#trySwap(candidates)
      if (fitting.length === candidates.length) {
        for (const row of fitting) await this.#forget(row)
        const placed = new Set(fitting)
        this.#rows = this.#rows.filter((row) => !placed.has(row))
        return true
      }
      candidates = fitting
    }
    return false
  }

  /** Takes the rows out and puts them back as the sender has them. Gives those that fit; nothing has changed unless all do. */
  async #trySwap(candidates: readonly Postponed[]): Promise<readonly Postponed[]> {
    const fitting = new Map<Postponed, WriteOutcome>()
    const groups = byTarget(candidates)
    await this.#options.database.tentatively(async () => {
      const taken = new Map<TableTarget, Awaited<ReturnType<TableTarget['takeOut']>>>()
      for (const [target, own] of groups) {
        taken.set(target, await target.takeOut(own.map(({ row }) => row)))
      }
      for (const [target, own] of groups) {
        const rows = own.map(({ row }) => row)
        const outcomes = await target.putBack(rows, taken.get(target) ?? [])
        for (const [index, row] of own.entries()) {
          const outcome = outcomes[index]
          if (outcome !== undefined && !isRefused(outcome)) fitting.set(row, outcome)
        }
      }
      for (const [target, own] of groups) {
        const missing = await target.missingParents(own.map(({ row }) => row))
        for (const [index, row] of own.entries()) {
          if (missing[index] !== undefined) fitting.delete(row)
        }
      }
      return fitting.size === candidates.length
    })
    if (fitting.size < candidates.length) return candidates.filter((row) => fitting.has(row))
    for (const own of groups.values()) {
      await this.#options.writer.record(
        own,
        own.map((row) => fitting.get(row)),
      )
    }
    return candidates
  }

  async #forget({ target, key, waitsFor }: Postponed): Promise<void> {
    if (waitsFor === undefined) return
    await this.#options.database.forgetWaiting(target.line.table, key)
  }

  /** Gives how many of the rows wait. What waits already, and for the same reason, stays on record as it is. */
  async #setAside(rows: readonly Postponed[]): Promise<number> {
    let count = 0
    for (const [target, own] of byTarget(rows)) {
      const news = own.filter(({ reason, waitsFor = '' }) => reason !== waitsFor)
      count += own.length - news.length
      const presents = await target.presentRows(news.map(({ row }) => row))
      for (const [index, row] of news.entries()) {
        if (await this.#setAsideOne(row, presents[index])) count += 1
      }
    }
    return count
  }

  /** Gives whether the row waits. */
  async #setAsideOne(
    postponed: Postponed,
    present: readonly Value[] | undefined,
  ): Promise<boolean> {
    const { target, key, row, via, reason, waitsFor = '' } = postponed
    const { database, nowMs, isStrict } = this.#options
    const { line } = target
    if (row.kind !== 'row' && present === undefined) {
      // A key that the database does not take is no row here.
      await this.#forget(postponed)
      return false
    }
    if (isStrict && waitsFor === '') throw new RowRefused(line.table, key, reason)
    const ours = present && formatValues(line, present)
    await database.keepWaiting({ table: line, key, row, via, reason, ours }, nowMs)
    return true
  }
}

/** Of two contents of one version the greater text is the newer, as everywhere: a node that was restored may have made both. */
function isNewer(row: RowLine, waiting: WaitingRow): boolean {
  const versions = compareVersions(row, waiting.row)
  if (versions !== 0) return versions > 0
  const [ours, theirs] = [waiting.row, row].map((one) => formatRow(waiting.table, one) ?? '')
  return (theirs ?? '') > (ours ?? '')
}

function nameOf(line: TableLine, key: string): string {
  return JSON.stringify([line.table, key])
}

async function reach(
  waiting: WaitingRow,
  targetFor: PostponedOptions['targetFor'],
): Promise<TableTarget | undefined> {
  try {
    return await targetFor(waiting.table)
  } catch (error) {
    if (error instanceof SchemaMismatch) return undefined
    throw error
  }
}
