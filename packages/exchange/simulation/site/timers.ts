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

/** Nothing in a world waits for the world outside. So after some turns of the event loop nothing comes any more. */
const MAX_IDLE_TURNS = 100

/** Tells when so many turns have passed that what is awaited will never come. */
export class IdleTurns {
  readonly passed: Promise<'idle'>
  #turn: NodeJS.Immediate | undefined

  constructor() {
    this.passed = new Promise((resolve) => {
      let turns = 0
      const next = (): void => {
        turns += 1
        if (turns >= MAX_IDLE_TURNS) resolve('idle')
        else this.#turn = setImmediate(next)
      }
      this.#turn = setImmediate(next)
    })
  }

  end(): void {
    clearImmediate(this.#turn)
  }
}
