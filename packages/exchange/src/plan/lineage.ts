/**
 * Tells a database that was restored from a backup from one that exists twice.
 *
 * Both contradict what they said before, and then a new epoch begins. In each new epoch a database leads a new _life_ with the other
 * node, under a name that it draws, and its messages say which lives it has led. A database that is restored goes on from an
 * earlier life, and the lives after that are over: nobody goes on from them any more. Of two databases under one code each goes on
 * from its own lives, in turns, so lives come back that were over.
 */

/** What is known of the lives of a node's database. */
export interface Lineage {
  /** Those that led to the present one, newest first. */
  readonly lives: readonly string[]
  /** Those that ended because the database went on from an earlier one. */
  readonly ended: readonly string[]
  /** When one came back that had ended: wall clock in milliseconds. */
  readonly returns: readonly number[]
}

export const NO_LINEAGE: Lineage = { lives: [], ended: [], returns: [] }

/** Only where lives part is of interest, and that is seldom long ago. */
const MAX_LIVES = 16

/** The lives of a database that begins another one. */
export function beginLife(lives: readonly string[], name: string): readonly string[] {
  return [name, ...lives].slice(0, MAX_LIVES)
}

/** What is known after a message that was accepted, and its sender's lives. */
export function followLives(lineage: Lineage, lives: readonly string[], nowMs: number): Lineage {
  if (lives.length === 0 || lives[0] === lineage.lives[0]) return lineage
  const isPresent = new Set(lives)
  const shared = lineage.lives.findIndex((life) => isPresent.has(life))
  const left = shared < 0 ? lineage.lives : lineage.lives.slice(0, shared)
  const hasReturned = lineage.ended.some((life) => isPresent.has(life))
  const returns = recentReturns(lineage, nowMs)
  return {
    lives,
    ended: [...left, ...lineage.ended.filter((life) => !isPresent.has(life))].slice(0, MAX_ENDED),
    returns: hasReturned ? [...returns, nowMs] : returns,
  }
}

const MAX_ENDED = 2 * MAX_LIVES

/**
 * A life comes back once when somebody restores an old backup, sees that it was the wrong one, and restores a newer one after all.
 * Twice it does so only while two databases are at work.
 */
const RETURNS_OF_TWO_DATABASES = 2

/** Two returns that lie further apart have nothing to do with each other. */
const MEMORY_MS = 90 * 24 * 3600 * 1000

/** Whether two databases lead these lives, and not one. */
export function isLedTwice(lineage: Lineage, nowMs: number): boolean {
  return recentReturns(lineage, nowMs).length >= RETURNS_OF_TWO_DATABASES
}

/** A clock may have been set back since. */
function recentReturns({ returns }: Lineage, nowMs: number): readonly number[] {
  return returns.filter((at) => Math.abs(nowMs - at) <= MEMORY_MS)
}
