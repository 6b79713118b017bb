import { assert } from '../base/assert.ts'
import type { MailError } from '../base/mail-error.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import type { DeadlinePhase } from './errors.ts'

/** How long an operation may take, of which some may have passed before it began. */
export interface Deadline {
  readonly phase: DeadlinePhase
  readonly timeoutMs: number
  readonly spentMs?: number
}

interface Pending {
  readonly deadline: Deadline
  /** Gives whether what the operation waits for is there; then it is done. */
  readonly lookAgain: () => boolean
  readonly reject: (failure: MailError) => void
}

/** The operation on a connection that waits for something: one at most. A small letter waits once, so this costs one promise, and no timer of its own. */
export class PendingOperation {
  readonly #timer: DeadlineTimer
  #pending: Pending | undefined

  /** @param onMissed what is to be done at the deadline, which must end the operation. */
  constructor(onMissed: (phase: DeadlinePhase, timeoutMs: number) => void) {
    this.#timer = new DeadlineTimer(() => {
      const { phase, timeoutMs } = this.#pending?.deadline ?? {}
      if (phase !== undefined && timeoutMs !== undefined) {
        onMissed(phase, timeoutMs)
      }
    })
  }

  /** Resolves with what `look` gives as soon as that is something. */
  until<Found>(look: () => Found | undefined, deadline: Deadline): Promise<Found> {
    assert(this.#pending === undefined, 'operations on a connection follow one another')
    this.#timer.set(deadline.timeoutMs - (deadline.spentMs ?? 0))
    return new Promise((resolve, reject) => {
      const lookAgain = (): boolean => {
        const found = look()
        if (found !== undefined) resolve(found)
        return found !== undefined
      }
      this.#pending = { deadline, lookAgain, reject }
    })
  }

  /** Has the operation look again; what it does not find by now will not come when there is a failure. Gives whether it ended. */
  lookAgain(failure: MailError | undefined): boolean {
    const pending = this.#pending
    if (pending === undefined) return false
    if (!pending.lookAgain()) {
      if (failure === undefined) return false
      pending.reject(failure)
    }
    this.#pending = undefined
    this.#timer.callOff()
    return true
  }

  /** Nothing will be waited for any more. */
  end(): void {
    this.#timer.end()
  }
}
