import type { Clock } from '../../src/net/clock.ts'

interface Timer {
  readonly at: number
  readonly action: () => void
  readonly isBackground: boolean
}

/** A clock that a test moves on. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 0

  now(): number {
    return this.#now
  }

  after(
    ms: number,
    action: () => void,
    { isBackground = false }: { readonly isBackground?: boolean } = {},
  ): () => void {
    const timer = { at: this.#now + ms, action, isBackground }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** How many timers would keep a process alive. */
  get waiting(): number {
    return [...this.#timers].filter(({ isBackground }) => !isBackground).length
  }

  /** All timers, those in the background too. */
  get timers(): number {
    return this.#timers.size
  }

  /** Lets time pass, and what follows from each timer happen in between. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      await settled()
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at)
      if (next === undefined || next.at > until) break
      this.#timers.delete(next)
      this.#now = next.at
      next.action()
    }
    this.#now = until
  }
}

/** Resolves when everything that can happen without time passing has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}
