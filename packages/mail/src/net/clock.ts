import { startTimer } from './timer.ts'

/** Time, for what has to wait: a parameter, so that a test need not. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /**
   * Does something later.
   *
   * @param options.isBackground the process need not stay alive for it.
   * @returns what prevents it.
   */
  after(ms: number, action: () => void, options?: { readonly isBackground?: boolean }): () => void
}

/** The clock of Node.js. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action, { isBackground = false } = {}) {
    const timer = startTimer(ms, action)
    if (isBackground) timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Does one thing at the time it was first set for, and can then be set again. */
export class Alarm {
  readonly #clock: Clock
  readonly #action: () => void
  #cancel: (() => void) | undefined

  constructor(clock: Clock, action: () => void) {
    this.#clock = clock
    this.#action = action
  }

  /** Without effect while it is set. */
  set(ms: number, options?: { readonly isBackground?: boolean }): void {
    this.#cancel ??= this.#clock.after(
      ms,
      () => {
        this.#cancel = undefined
        this.#action()
      },
      options,
    )
  }

  clear(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
