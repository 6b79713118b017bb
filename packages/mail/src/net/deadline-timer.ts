import { startTimer } from './timer.ts'

/**
 * One timer for deadlines that follow one another, as those of the operations on a connection do. Nearly all of them are called off long before, so none has a timer of
 * its own: the one that runs already is kept as long as it does not fire too late, and looks then whether anything is due.
 */
export class DeadlineTimer {
  readonly #onDue: () => void
  #timer: NodeJS.Timeout | undefined
  #firesAt = 0
  #dueAt = Infinity

  constructor(onDue: () => void) {
    this.#onDue = onDue
  }

  /** Instead of what was set before. */
  set(ms: number): void {
    const now = performance.now()
    this.#dueAt = now + ms
    const isTimely = this.#timer !== undefined && this.#firesAt <= this.#dueAt
    if (isTimely || ms === Infinity) return
    this.end()
    this.#start(now, ms)
  }

  /** Calls the deadline off. The timer goes on until it fires, or {@link end}. */
  callOff(): void {
    this.#dueAt = Infinity
  }

  /** Stops the timer. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #start(now: number, ms: number): void {
    this.#firesAt = now + ms
    this.#timer = startTimer(ms, () => this.#fire())
  }

  #fire(): void {
    this.#timer = undefined
    if (this.#dueAt === Infinity) return
    const now = performance.now()
    if (now >= this.#dueAt) this.#onDue()
    else this.#start(now, this.#dueAt - now)
  }
}
