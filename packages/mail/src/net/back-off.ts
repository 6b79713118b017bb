/** The wait before a server is tried again doubles each time, up to this: long enough for a restart, short enough to be there soon after one. */
const MAX_BACK_OFF_MS = 60_000

/** Counts failures that follow one another, and says how long to wait after each. */
export class BackOff {
  readonly #firstMs: number
  #failures = 0
  #nextAt = -Infinity

  constructor(firstMs: number) {
    this.#firstMs = firstMs
  }

  /** How many failures there were since the last success. */
  get failures(): number {
    return this.#failures
  }

  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now)
  }

  fail(now: number): void {
    // Attempts that were begun together fail together, and are one failure.
    if (this.waitMs(now) > 0) return
    this.#nextAt = now + Math.min(this.#firstMs * 2 ** this.#failures, MAX_BACK_OFF_MS)
    this.#failures++
  }

  /** Waits that double begin anew. One that has begun lasts as long as it was to. */
  reset(): void {
    this.#failures = 0
  }
}
