import type { LetterQueue, QueuedLetter } from '../smtp/send-letters.ts'
import { OrderedSet } from './ordered-set.ts'

/** Letters in the order of their calls. */
export class WaitingLetters implements LetterQueue {
  readonly #letters = new OrderedSet<QueuedLetter>()

  get isEmpty(): boolean {
    return this.#letters.size === 0
  }

  add(letter: QueuedLetter): void {
    this.#letters.add(letter)
  }

  next(): QueuedLetter | undefined {
    return this.#letters.take()
  }

  peek(): QueuedLetter | undefined {
    return this.#letters.first
  }

  /** Whether it was still there. */
  remove(letter: QueuedLetter): boolean {
    return this.#letters.remove(letter)
  }
}
