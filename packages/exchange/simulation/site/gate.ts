import type { Mishap } from '../world/step.ts'
import { WorldFailure } from '../world/world-failure.ts'

/** The longest exchanges of a world make some hundred. */
const MAX_CALLS = 20_000

/** What fails at a port on purpose. */
export class SimulatedFailure extends Error {
  readonly transient = true
  /** As SQLite says that the disk is full. */
  readonly errcode = 13
  readonly code: string = 'SIMULATED_FAILURE'
}

/**
 * Every call of every port of a site goes through here. At one of them the process may die: then that call is never answered, and
 * nothing that comes after it happens, no clean-up either.
 */
export class Gate {
  #mishap: Mishap | undefined
  #calls = 0
  #isDead = false
  #onDeath: () => void = () => undefined
  /** The last call, for the message of a failure. */
  lastCall = ''

  /** Begins to count anew. `onDeath` is told at most once. */
  arm(mishap: Mishap | undefined, onDeath: () => void): void {
    this.#mishap = mishap
    this.#calls = 0
    this.#isDead = false
    this.#onDeath = onDeath
  }

  get calls(): number {
    return this.#calls
  }

  get isDead(): boolean {
    return this.#isDead
  }

  async at<Result>(call: string, work: () => Result | Promise<Result>): Promise<Result> {
    if (this.#isDead) return never()
    this.#calls += 1
    this.lastCall = call
    if (this.#calls > MAX_CALLS)
      throw new WorldFailure('an exchange ends', `it calls ${call} again`)
    const mishap = this.#mishap
    if (mishap?.call !== this.#calls) return work()
    if (mishap.kind === 'fails') throw new SimulatedFailure(`${call} failed`)
    if (mishap.kind === 'dies after') await work()
    this.#isDead = true
    this.#onDeath()
    return never()
  }
}

/** What a process that has died answers. */
function never<Result>(): Promise<Result> {
  return new Promise(() => undefined)
}
