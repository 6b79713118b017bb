/** How many letters may be sent in which time. */
export interface SendingRate {
  readonly letters: number
  readonly perMs: number
}

/**
 * Keeps to a rate by spacing evenly: with 100 letters a minute the next one goes 600 ms after the one before. Whoever has waited is not let
 * go together with all others at the beginning of the next minute, which servers take for an attack.
 */
export class Pace {
  readonly #intervalMs: number
  #nextAt = -Infinity

  /** @param rate by default there is no limit. */
  constructor(rate: SendingRate | undefined) {
    this.#intervalMs = rate === undefined ? 0 : rate.perMs / rate.letters
  }

  /** How long the next letter has to wait; 0 when it may go. */
  waitMs(now: number): number {
    return Math.max(0, this.#nextAt - now)
  }

  /** Counts a letter that goes now. From now, not from when it was due: two letters are never closer than they may be. */
  take(now: number): void {
    this.#nextAt = now + this.#intervalMs
  }
}
