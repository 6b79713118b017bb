import type { PoolLetter } from './pool-letter.ts'

/** The letters that wait, in the order in which they go. Every operation takes constant time, however many there are. */
export class PoolQueue {
  readonly #again = new OrderedSet()
  readonly #new = new OrderedSet()

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

class OrderedSet {
  readonly #letters = new Set<PoolLetter>()
  /** Kept from take to take: a new one would have to step over all that were taken before. */
  #first = this.#letters.values()

  get size(): number {
    return this.#letters.size
  }

  add(letter: PoolLetter): void {
    this.#letters.add(letter)
  }

  take(): PoolLetter | undefined {
    if (this.#letters.size === 0) return undefined
    let step = this.#first.next()
    if (step.done === true) {
      this.#first = this.#letters.values()
      step = this.#first.next()
    }
    if (step.value !== undefined) this.#letters.delete(step.value)
    return step.value
  }

  remove(letter: PoolLetter): boolean {
    return this.#letters.delete(letter)
  }
}
