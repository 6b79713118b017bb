import type { NodeCode } from '../../plan/node-code.ts'
import { compareVersions } from '../../plan/row-version.ts'
import type { Sender } from '../change-store.ts'
import type { ApplyDatabase } from './apply-database.ts'
import type { OwnVersions } from './own-versions.ts'
import { formatKey, formatValues } from './row-text.ts'
import { type Arrival, byTarget, type Known, type RowWriter, withEntries } from './row-writer.ts'

/** A deletion or departure that waits for the end of the message. */
export interface Held extends Arrival {
  readonly key: string
  /** The reason on record, when it waits since an earlier message; empty when an older or the same version of it does. */
  readonly waitsFor?: string
}

/** What became of deletions and departures at the end of a message. */
export interface Settled {
  /** What is to be put with the rows that wait. */
  readonly stillHeld: readonly (Held & { readonly reason: string })[]
  /** A deletion gave way: what waits of its row may be older now. */
  readonly hasRestored: boolean
}

const IS_REFERRED_TO = 'FOREIGN KEY constraint failed: rows here refer to it'

/** What is needed to delete rows that others may refer to. */
export interface HoldingOptions {
  readonly database: ApplyDatabase
  readonly writer: RowWriter
  readonly versions: OwnVersions
  readonly thisNode: NodeCode
  readonly sender: Sender
  /** Whether this node has the same or a newer version meanwhile. */
  readonly isOutdated: (arrival: Known) => Promise<boolean>
}

/**
 * Rows that go, of tables that others refer to. They are held until the rows of the message are here: those that refer to
 * them may go with the same message, or refer to other rows by then. What is referred to even then is not deleted: the deletion
 * gives way, and the row travels as a new version to all nodes, so that what refers to it has its parent everywhere.
 */
export class HeldRows {
  readonly #options: HoldingOptions
  #rows: Held[] = []

  constructor(options: HoldingOptions) {
    this.#options = options
  }

  add(rows: readonly Arrival[]): void {
    for (const row of rows) this.#rows.push({ ...row, key: formatKey(row.target.line, row.row) })
  }

  /**
   * Takes rows up that were held at earlier messages. Of two versions of one row, which may have come from two nodes, the newer goes
   * on, and of one version what this message says: or the deletion would give way, and its record would stay.
   */
  addWaiting(rows: readonly Held[]): void {
    const newest = new Map(this.#rows.map((row) => [nameOf(row), row]))
    for (const waiting of rows) {
      const rival = newest.get(nameOf(waiting))
      const isSaidAgain = rival !== undefined && compareVersions(rival.row, waiting.row) >= 0
      newest.set(nameOf(waiting), isSaidAgain ? { ...rival, waitsFor: '' } : waiting)
    }
    this.#rows = [...newest.values()]
  }

  /** Of rows that wait, those that are no newer than one that leaves this node's share go with it. Gives the others. */
  withoutLeaving<Row extends Pick<Held, 'target' | 'row' | 'key'>>(rows: readonly Row[]): Row[] {
    const departures = this.#rows.filter(({ row }) => row.kind === 'departure')
    const leaving = new Map(departures.map((held) => [nameOf(held), held]))
    const left = new Set<string>()
    const staying: Row[] = []
    for (const row of rows) {
      const departure = leaving.get(nameOf(row))
      if (departure === undefined || compareVersions(row.row, departure.row) > 0) staying.push(row)
      else left.add(nameOf(row))
    }
    if (left.size > 0) {
      this.#rows = this.#rows.map((held) =>
        left.has(nameOf(held)) ? { ...held, waitsFor: '' } : held,
      )
    }
    return staying
  }

  /**
   * Deletes what nothing refers to, children before their parents. Gives whether anything went: a value that was unique, or a
   * place, may be free now.
   */
  async release(): Promise<boolean> {
    let hasGone = false
    for (let before = -1; this.#rows.length !== before && this.#rows.length > 0;) {
      before = this.#rows.length
      const left: (readonly Held[])[] = []
      for (const own of [...byTarget(this.#rows).values()].toReversed()) {
        left.push(await this.#releaseFrom(own))
      }
      this.#rows = left.toReversed().flat()
      hasGone ||= this.#rows.length < before
    }
    return hasGone
  }

  /** Settles what is left: a deletion gives way, a departure waits. */
  async settle(): Promise<Settled> {
    const { sender, thisNode } = this.#options
    const stillHeld: Settled['stillHeld'][number][] = []
    let hasRestored = false
    for (const held of await withEntries(this.#rows)) {
      // The rest of a large deletion may be in the next message.
      const isOfAnother = held.via !== sender.code && held.via !== thisNode
      const mayBeCleared = isOfAnother || sender.hasMore === true
      if (held.row.kind === 'departure' || mayBeCleared) {
        stillHeld.push({ ...held, reason: IS_REFERRED_TO })
      } else {
        await this.#restore(held)
        hasRestored = true
      }
    }
    this.#rows = []
    return { stillHeld, hasRestored }
  }

  async #releaseFrom(rows: readonly Held[]): Promise<readonly Held[]> {
    const [first] = rows
    if (first === undefined) return []
    const { target } = first
    const current: (Held & Known)[] = []
    for (const held of await withEntries(rows)) {
      if (await this.#options.isOutdated(held)) await this.#forget(held)
      else current.push(held)
    }
    const referred = await target.areReferredTo(current.map(({ row }) => row))
    const mayGo = current.map((held, index) => !(referred[index] || this.#mayBeUnknown(held)))
    const free = current.filter((_, index) => mayGo[index])
    await this.#remove(free)
    for (const held of free) await this.#forget(held)
    return current.filter((_, index) => !mayGo[index])
  }

  /** A row that was changed here may go when the node that said so writes: then it is seen whether it knew of the change. */
  #mayBeUnknown({ row, via, entry }: Held & Known): boolean {
    if (row.kind !== 'departure' || via === this.#options.sender.code) return false
    return entry?.via === '' && compareVersions(row, entry) !== 0
  }

  async #remove(rows: readonly (Held & Known)[]): Promise<void> {
    const { writer } = this.#options
    await writer.write(rows.filter(({ row }) => row.kind === 'deletion'))
    const departures = rows.filter(({ row }) => row.kind === 'departure')
    await writer.depart(departures)
  }

  /** The row stays, above the deletion, and the deletion is on record beside it. */
  async #restore(held: Held & Known): Promise<void> {
    const { target, row, entry, via, key } = held
    const { database, writer, versions, sender } = this.#options
    const version = await versions.above(held, entry)
    await writer.record([{ ...held, row: { ...row, ...version, kind: 'row' } }])
    const [present] = await target.presentRows([row])
    const { line } = target
    await database.keepConflict({
      line,
      table: line.table,
      key,
      node: via,
      winner: 'ours',
      policy: 'reference',
      isOpen: false,
      ours: present && formatValues(line, present),
      theirs: undefined,
      decidedAt: sender.nowMs,
      stamp: row.stamp,
    })
    await this.#forget(held)
  }

  async #forget({ target, key, waitsFor }: Held): Promise<void> {
    if (waitsFor === undefined) return
    await this.#options.database.forgetWaiting(target.line.table, key)
  }
}

function nameOf({ target, key }: Pick<Held, 'target' | 'key'>): string {
  return JSON.stringify([target.line.table, key])
}
