/**
 * The period in which the message numbers of a pair of nodes count. Numbers alone can't tell that a node was
 * restored from an old backup or that a copy of it runs beside it; when a fork shows, a new epoch begins: numbers start
 * again and both sides offer everything they share. The random part keeps two epochs apart that both sides began at once.
 */
export interface Epoch {
  readonly counter: number
  readonly random: string
}

/** The epoch in which every pair of nodes begins; nothing has to be agreed for it. */
export const FIRST_EPOCH: Epoch = { counter: 1, random: '' }

/** Negative when `a` is the older one, positive when it is the newer one, 0 when they are the same. */
export function compareEpochs(a: Epoch, b: Epoch): number {
  if (a.counter !== b.counter) return a.counter - b.counter
  if (a.random === b.random) return 0
  return a.random < b.random ? -1 : 1
}

/**
 * So far ahead of the last epoch known no honest one is: each costs a fork. A greater number would leave nobody room for the next epoch.
 */
const REACH = 2 ** 20

/** Whether a node of which `known` is the last epoch can have come to another one by itself. */
export function isWithinReach(epoch: Epoch, known: Epoch): boolean {
  return epoch.counter - known.counter <= REACH
}

/** The epoch that follows. `random` must be unpredictable and new, such as a UUID. */
export function nextEpoch(epoch: Epoch, random: string): Epoch {
  return { counter: epoch.counter + 1, random }
}
