import type { NodeCode } from '../../plan/node-code.ts'
import type { RowLine } from '../../message/body-lines.ts'
import type { OwnVersions } from './own-versions.ts'
import type {
  IndexEntry,
  Refusal,
  RowWrite,
  TableTarget,
  TakenOut,
  WriteOutcome,
} from './table-target.ts'

/** A row for a table, and the node that it came from. */
export interface Arrival {
  readonly target: TableTarget
  readonly row: RowLine
  readonly via: NodeCode
}

/** An arrival with what the change index says of its row. */
export interface Known extends Arrival {
  readonly entry: IndexEntry | undefined
}

/** A row that the database refuses, with what it says. */
export interface Refused<Row extends Arrival> {
  readonly arrival: Row
  readonly reason: string
}

/** Writes rows of a message, and gives each that is written its place in the change index. */
export class RowWriter {
  readonly #versions: OwnVersions
  #headSeq: number
  #applied = 0

  /** Positions are given out behind `headSeq`. */
  constructor(versions: OwnVersions, headSeq: number) {
    this.#versions = versions
    this.#headSeq = headSeq
  }

  /** The last position that was given out. */
  get headSeq(): number {
    return this.#headSeq
  }

  get applied(): number {
    return this.#applied
  }

  /** Counts rows that a target has written and recorded by itself, behind {@link headSeq}. */
  countPlain(rowCount: number): void {
    this.#headSeq += rowCount
    this.#applied += rowCount
  }

  /** Removes rows that are no longer this node's share: they have no version, and travel nowhere. Gives those that the database does not let go. */
  async depart<Row extends Arrival>(arrivals: readonly Row[]): Promise<readonly Refused<Row>[]> {
    const refused: Refused<Row>[] = []
    for (const [target, own] of byTarget(arrivals)) {
      const outcomes = await target.depart(own.map(({ row }) => row))
      const ofThese = refusedOf(own, outcomes)
      this.#applied += own.length - ofThese.length
      refused.push(...ofThese)
    }
    return refused
  }

  /** Writes rows of any tables, no key twice. Gives those that the database refuses, or whose parent is missing. */
  async write<Row extends Known>(arrivals: readonly Row[]): Promise<readonly Refused<Row>[]> {
    const refused: Refused<Row>[] = []
    for (const [target, own] of byTarget(arrivals)) {
      const missing = await target.missingParents(own.map(({ row }) => row))
      const fit: Row[] = []
      for (const [index, arrival] of own.entries()) {
        const reason = missing[index]
        if (reason === undefined) fit.push(arrival)
        else refused.push({ arrival, reason })
      }
      const outcomes = await target.write(fit.map(({ row, entry }): RowWrite => ({ row, entry })))
      refused.push(...refusedOf(fit, outcomes))
      await this.record(fit, outcomes)
    }
    return refused
  }

  /**
   * A row that has values of ours in columns that the sender does not name is no node's row yet: as a new version it
   * travels, to the sender too, and is applied there as it is. So two nodes never raise each other's version for ever: one
   * that lacks a column does not take rows that have it.
   */
  async record(
    arrivals: readonly Arrival[],
    outcomes: readonly (WriteOutcome | undefined)[] = [],
  ): Promise<void> {
    const rows: RowLine[] = []
    const entries: IndexEntry[] = []
    const isOurs = (origin: NodeCode, via: NodeCode): boolean =>
      [origin, via].includes(this.#versions.thisNode)
    for (const [index, arrival] of arrivals.entries()) {
      const { row, via } = arrival
      const outcome = outcomes[index]
      if (isRefused(outcome)) continue
      const { stamp, origin } = row
      this.#headSeq += 1
      rows.push(row)
      entries.push(
        outcome === 'merged'
          ? { seq: this.#headSeq, ...(await this.#versions.above(arrival)), via: '' }
          : // A version that was made here is no other node's: it travels to all of them.
            { seq: this.#headSeq, stamp, origin, via: isOurs(origin, via) ? '' : via },
      )
    }
    this.#applied += rows.length
    const [first] = arrivals
    if (first !== undefined && rows.length > 0) await first.target.record(rows, entries)
  }
}

export function isRefused(outcome: WriteOutcome | TakenOut): outcome is Refusal {
  return typeof outcome === 'object' && 'refused' in outcome
}

function refusedOf<Row extends Arrival>(
  arrivals: readonly Row[],
  outcomes: readonly WriteOutcome[],
): Refused<Row>[] {
  return arrivals.flatMap((arrival, index) => {
    const outcome = outcomes[index]
    return isRefused(outcome) ? [{ arrival, reason: outcome.refused }] : []
  })
}

/** The arrivals of each table, in their order. */
export function byTarget<Row extends Arrival>(
  arrivals: readonly Row[],
): ReadonlyMap<TableTarget, readonly Row[]> {
  const groups = new Map<TableTarget, Row[]>()
  for (const arrival of arrivals) {
    const group = groups.get(arrival.target)
    if (group === undefined) groups.set(arrival.target, [arrival])
    else group.push(arrival)
  }
  return groups
}

/** The same rows with what the change index says of them now. */
export async function withEntries<Row extends Arrival>(
  rows: readonly Row[],
): Promise<(Row & Known)[]> {
  const known: (Row & Known)[] = []
  for (const [target, own] of byTarget(rows)) {
    const entries = await target.entriesOf(own.map(({ row }) => row))
    for (const [index, row] of own.entries()) known.push({ ...row, entry: entries[index] })
  }
  return known
}
