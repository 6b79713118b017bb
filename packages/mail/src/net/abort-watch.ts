import type { PoolLetter } from './pool-letter.ts'

/**
 * Listens to the signals of letters, once to each: thousands of letters may share one, and adding or removing a listener takes as long as there
 * are listeners.
 */
export class AbortWatch {
  readonly #onAbort: (letter: PoolLetter) => void
  readonly #watched = new Map<AbortSignal, Watched>()

  constructor(onAbort: (letter: PoolLetter) => void) {
    this.#onAbort = onAbort
  }

  add(letter: PoolLetter): void {
    const { signal } = letter.options
    if (signal === undefined) return
    const watched = this.#watched.get(signal) ?? this.#listen(signal)
    watched.letters.add(letter)
  }

  remove(letter: PoolLetter): void {
    const { signal } = letter.options
    const watched = signal && this.#watched.get(signal)
    if (signal === undefined || watched === undefined) return
    watched.letters.delete(letter)
    if (watched.letters.size > 0) return
    this.#watched.delete(signal)
    signal.removeEventListener('abort', watched.listener)
  }

  #listen(signal: AbortSignal): Watched {
    const letters = new Set<PoolLetter>()
    const listener = (): void => {
      for (const letter of letters) this.#onAbort(letter)
    }
    const watched = { letters, listener }
    this.#watched.set(signal, watched)
    signal.addEventListener('abort', listener)
    return watched
  }
}

interface Watched {
  readonly letters: Set<PoolLetter>
  readonly listener: () => void
}
