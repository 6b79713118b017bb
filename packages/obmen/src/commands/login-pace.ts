import type { KnownError } from '../errors/known-error.ts'

/** Providers count refused logins by the hour; and whoever has mended the password does not wait longer than that. */
const LONGEST_MS = 15 * 60_000

/**
 * How long a program that goes on for good waits between two rounds. A mail server that has refused a login locks it when it is tried again and again: then the
 * waits double.
 */
export class LoginPace {
  readonly #everyMs: number
  #refusals = 0

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** Whether the last round ended with a login that was refused. */
  get isRefused(): boolean {
    return this.#refusals > 0
  }

  get waitMs(): number {
    const doubled = this.#everyMs * 2 ** Math.max(0, this.#refusals - 1)
    return Math.max(this.#everyMs, Math.min(LONGEST_MS, doubled))
  }

  /** What went wrong in a round; nothing, when all went well. */
  take(errors: readonly KnownError[]): void {
    const isRefused = errors.some(
      ({ code, transient }) => code === 'AUTHENTICATION_FAILED' && !transient,
    )
    this.#refusals = isRefused ? this.#refusals + 1 : 0
  }
}
