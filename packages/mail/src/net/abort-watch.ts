/**
 * Listens to signals on behalf of letters, once to each: thousands of letters may share one, and adding or removing a listener takes as long as there
 * are listeners.
 */
export class AbortWatch<Letter> {
  readonly #onAbort: (letter: Letter, signal: AbortSignal) => void
  readonly #watched = new Map<AbortSignal, Watched<Letter>>()

  constructor(onAbort: (letter: Letter, signal: AbortSignal) => void) {
    this.#onAbort = onAbort
  }

  /** Without a signal this does nothing, and neither does {@link remove}. */
  add(letter: Letter, signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const watched = this.#watched.get(signal) ?? this.#listen(signal)
    watched.letters.add(letter)
  }

  remove(letter: Letter, signal: AbortSignal | undefined): void {
    const watched = signal && this.#watched.get(signal)
    if (signal === undefined || watched === undefined) return
    watched.letters.delete(letter)
    if (watched.letters.size > 0) return
    this.#watched.delete(signal)
    signal.removeEventListener('abort', watched.listener)
  }

  #listen(signal: AbortSignal): Watched<Letter> {
    const letters = new Set<Letter>()
    const listener = (): void => {
      for (const letter of letters) this.#onAbort(letter, signal)
    }
    const watched = { letters, listener }
    this.#watched.set(signal, watched)
    signal.addEventListener('abort', listener)
    return watched
  }
}

interface Watched<Letter> {
  readonly letters: Set<Letter>
  readonly listener: () => void
}
