import { OrderedSet } from './ordered-set.ts'
import type { PoolLetter } from './pool-letter.ts'

/** The letters that wait, in the order in which they go. Every operation takes constant time, however many there are. */
export class PoolQueue {
  readonly #again = new OrderedSet<PoolLetter>()
  readonly #new = new OrderedSet<PoolLetter>()

  get size(): number {
    return this.#again.size + this.#new.size
  }

  add(letter: PoolLetter): void {
    this.#new.add(letter)
  }

  /** For a letter that has had its turn: it has waited longer than all that are new. */
  addAgain(letter: PoolLetter): void {
    this.#again.add(letter)
  }

  take(): PoolLetter | undefined {
    return this.#again.take() ?? this.#new.take()
  }

  /** Whether the letter was waiting. */
  remove(letter: PoolLetter): boolean {
    return this.#again.remove(letter) || this.#new.remove(letter)
  }
}
