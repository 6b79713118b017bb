import { versionAbove } from '../../plan/conflict.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { RowVersion } from '../../plan/row-version.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { formatKey } from './row-text.ts'
import type { Arrival } from './row-writer.ts'

/**
 * The versions that this node makes while it applies. One version stands for one content: so each is above all that the node has made of
 * the row before, also above a decision that the database refused, and that waits. What waits is read when the first version is made.
 */
export class OwnVersions {
  readonly thisNode: NodeCode
  readonly #database: ApplyDatabase
  #waiting: ReadonlyMap<string, number> | undefined

  constructor(database: ApplyDatabase, thisNode: NodeCode) {
    this.#database = database
    this.thisNode = thisNode
  }

  /** A version above the arrival's, above what is known of the row, and above what waits of it and was made here. */
  async above(arrival: Waiter, known: RowVersion = arrival.row): Promise<RowVersion> {
    const version = versionAbove(arrival.row, known, this.thisNode)
    const waiting = (await this.#stampOf(arrival)) ?? 0
    return { ...version, stamp: Math.max(version.stamp, waiting + 1) }
  }

  /** Whether this is the version of a decision that waits. */
  async isWaiting(arrival: Waiter): Promise<boolean> {
    const { stamp, origin } = arrival.row
    return origin === this.thisNode && (await this.#stampOf(arrival)) === stamp
  }

  async #stampOf({ target, row }: Waiter): Promise<number | undefined> {
    this.#waiting ??= await this.#readWaiting()
    return this.#waiting.get(nameOf(target.line.table, formatKey(target.line, row)))
  }

  async #readWaiting(): Promise<ReadonlyMap<string, number>> {
    const stamps = new Map<string, number>()
    for (const { table, key, row } of await this.#database.waitingRows()) {
      if (row.origin === this.thisNode) stamps.set(nameOf(table.table, key), row.stamp)
    }
    return stamps
  }
}

/** A row of which something may wait. */
type Waiter = Pick<Arrival, 'target' | 'row'>

function nameOf(table: string, key: string): string {
  return JSON.stringify([table, key])
}
