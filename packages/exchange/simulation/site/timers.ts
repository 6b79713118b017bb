/** Timers that a process has set end with it: time in a world passes without them. */
export class ProcessTimers {
  readonly #set = globalThis.setInterval
  readonly #timers: NodeJS.Timeout[] = []

  /** From now on, what is set is kept in mind. */
  watch(): void {
    const setTimer = (work: () => void, ms?: number): NodeJS.Timeout => {
      const timer = this.#set(work, ms)
      this.#timers.push(timer)
      return timer
    }
    globalThis.setInterval = Object.assign(setTimer, this.#set)
  }

  /** The process is gone, or has come to its end. */
  end(): void {
    globalThis.setInterval = this.#set
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
  }
}
