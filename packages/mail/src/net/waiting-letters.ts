import type { LetterQueue, QueuedLetter } from '../smtp/send-letters.ts'

/** Letters in the order of their calls. */
export class WaitingLetters implements LetterQueue {
  readonly #letters = new Set<QueuedLetter>()

  get isEmpty(): boolean {
    return this.#letters.size === 0
  }

  add(letter: QueuedLetter): void {
    this.#letters.add(letter)
  }

  next(): QueuedLetter | undefined {
    const [letter] = this.#letters
    if (letter !== undefined) this.#letters.delete(letter)
    return letter
  }

  /** Whether it was still there. */
  remove(letter: QueuedLetter): boolean {
    return this.#letters.delete(letter)
  }
}
