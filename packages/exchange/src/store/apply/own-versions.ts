import { versionAbove } from '../../plan/conflict.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { RowVersion } from '../../plan/row-version.ts'
import type { Waiter, WaitingVersions } from './waiting-versions.ts'

/**
 * The versions that this node makes while it applies. One version stands for one content: so each is above all that the node has made of
 * the row before, also above a decision that the database refused, and that waits.
 */
export class OwnVersions {
  readonly thisNode: NodeCode
  readonly #waiting: WaitingVersions

  constructor(waiting: WaitingVersions, thisNode: NodeCode) {
    this.#waiting = waiting
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

  async #stampOf(arrival: Waiter): Promise<number | undefined> {
    const waiting = await this.#waiting.of(arrival)
    return waiting?.origin === this.thisNode ? waiting.stamp : undefined
  }
}
