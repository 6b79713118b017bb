import type { RowLine } from '../../message/body-lines.ts'
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
  /** What the database said when it did not let the row go. */
  readonly refusal?: string | undefined
  /** Nothing keeps it here but that it was changed, of which its sender may know nothing. */
  readonly isChangedHere?: boolean
}

/** One that stays for now, and why. */
type Staying = Held & { readonly reason: string }

/** What became of deletions and departures at the end of a message. */
export interface Settled {
  /** What is to be put with the rows that wait. */
  readonly stillHeld: readonly Staying[]
  /** What the database does not let go. */
  readonly refused: readonly Staying[]
  /** A deletion gave way: what waits of its row may be older now. */
  readonly hasRestored: boolean
}

const IS_REFERRED_TO = 'FOREIGN KEY constraint failed: rows here refer to it'

const IS_CHANGED_HERE =
  'it left the share and was changed here: it goes when the node that it came from writes again, and knows of that'

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

  /** Of rows that wait, some go with what is held. Gives the others. */
  async withoutGoing<Row extends Held>(rows: readonly Row[]): Promise<Row[]> {
    const going = new Map(this.#rows.map((held) => [nameOf(held), held]))
    const left = new Set<string>()
    for (const rival of await withEntries(rows.filter((row) => going.has(nameOf(row))))) {
      const held = going.get(nameOf(rival))
      if (held !== undefined && goesWith(rival, held.row)) left.add(nameOf(rival))
    }
    if (left.size > 0) {
      this.#rows = this.#rows.map((held) =>
        left.has(nameOf(held)) ? { ...held, waitsFor: '' } : held,
      )
    }
    return rows.filter((row) => !left.has(nameOf(row)))
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

  /** Settles what is left: a deletion gives way, a departure waits, and so does what the database does not let go. */
  async settle(): Promise<Settled> {
    const { sender, thisNode } = this.#options
    const stillHeld: Staying[] = []
    const refused: Staying[] = []
    let hasRestored = false
    for (const held of await withEntries(this.#rows)) {
      if (held.refusal !== undefined) {
        refused.push({ ...held, reason: held.refusal })
        continue
      }
      // The rest of a large deletion may be in the next message.
      const isOfAnother = held.via !== sender.code && held.via !== thisNode
      const mayBeCleared = isOfAnother || sender.hasMore === true
      if (held.row.kind === 'departure' || mayBeCleared) {
        const reason = held.isChangedHere === true ? IS_CHANGED_HERE : IS_REFERRED_TO
        stillHeld.push({ ...held, reason })
      } else {
        await this.#restore(held)
        hasRestored = true
      }
    }
    this.#rows = []
    return { stillHeld, refused, hasRestored }
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
    const unknown = current.map((held) => this.#mayBeUnknown(held))
    const stays = current.map((_, index) => referred[index] === true || unknown[index] === true)
    const refusals = await this.#remove(current.filter((_, index) => stays[index] !== true))
    const left: Held[] = []
    for (const [index, held] of current.entries()) {
      const refusal = refusals.get(held)
      const isChangedHere = referred[index] !== true && unknown[index] === true
      if (stays[index] === true || refusal !== undefined)
        left.push({ ...held, refusal, isChangedHere })
      else await this.#forget(held)
    }
    return left
  }

  /** A row that was changed here may go when the node that said so writes: then it is seen whether it knew of the change. */
  #mayBeUnknown({ row, via, entry }: Held & Known): boolean {
    if (row.kind !== 'departure' || via === this.#options.sender.code) return false
    return entry?.via === '' && compareVersions(row, entry) !== 0
  }

  /** Gives what the database said of those that it does not let go. */
  async #remove(rows: readonly (Held & Known)[]): Promise<ReadonlyMap<Held, string>> {
    const { writer } = this.#options
    const refused = [
      ...(await writer.write(rows.filter(({ row }) => row.kind === 'deletion'))),
      ...(await writer.depart(rows.filter(({ row }) => row.kind === 'departure'))),
    ]
    return new Map(refused.map(({ arrival, reason }) => [arrival, reason]))
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

/**
 * A row that waits goes with a departure that is no older. A later deletion takes it with it where a program has given its version to what is
 * here: the deletion was made of that, and what is here must not get a version above what waits, or it would be above the deletion.
 */
function goesWith({ row, entry }: Known, held: RowLine): boolean {
  if (held.kind === 'departure') return compareVersions(row, held) <= 0
  const isHere = entry !== undefined && compareVersions(row, entry) === 0
  return isHere && compareVersions(row, held) < 0
}

function nameOf({ target, key }: Pick<Held, 'target' | 'key'>): string {
  return JSON.stringify([target.line.table, key])
}
