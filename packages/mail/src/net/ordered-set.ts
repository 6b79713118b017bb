/** What waits, in the order in which it came. Every operation takes constant time, however much that is. */
export class OrderedSet<Item> {
  readonly #items = new Set<Item>()
  /** Kept from take to take: a new one would have to step over all that were taken before. */
  #first = this.#items.values()

  get size(): number {
    return this.#items.size
  }

  add(item: Item): void {
    this.#items.add(item)
  }

  /** The oldest; `undefined` when there is none. */
  take(): Item | undefined {
    if (this.#items.size === 0) return undefined
    let step = this.#first.next()
    if (step.done === true) {
      this.#first = this.#items.values()
      step = this.#first.next()
    }
    if (step.done === true) return undefined
    this.#items.delete(step.value)
    return step.value
  }

  /** Whether it was there. */
  remove(item: Item): boolean {
    return this.#items.delete(item)
  }
}
