import type { NodeCode } from './node-code.ts'

/**
 * Which of two states of one row is the newer one: the same answer on every node, whatever their clocks say.
 *
 * `stamp` is the wall clock in milliseconds, but at least one more than the stamp of the state that was changed: a change
 * made on top of another always wins over it. `origin`, the node that made the change, decides between equal stamps.
 */
export interface RowVersion {
  readonly stamp: number
  readonly origin: NodeCode
}

/** Negative when `a` is the older version, positive when it is the newer one, 0 when they are the same. */
export function compareVersions(a: RowVersion, b: RowVersion): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp
  if (a.origin === b.origin) return 0
  return a.origin < b.origin ? -1 : 1
}
