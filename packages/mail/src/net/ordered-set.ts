/** Places at the beginning, and as many as are kept when nothing waits any more. */
const FEW_PLACES = 256

/**
 * What waits, in the order in which it came. Every operation takes constant time on the average, however much that is; only the first {@link remove} looks at all that waits.
 *
 * A ring of places that are emptied, and no `Set`: the tables that a set grows out of keep pointing to those that it grew into, and to what they held. Once one of them
 * is old, everything that ever passed through the set becomes old with it, and collecting that was a tenth of what sending a letter cost.
 */
export class OrderedSet<Item extends NonNullable<unknown>> {
  /** The item that came as the nth is at n, divided by the number of places, its rest. */
  #places: (Item | undefined)[] = emptyPlaces(FEW_PLACES)
  /** The number of the first that may be there, and that of the next to come. */
  #head = 0
  #next = 0
  #size = 0
  /** The number of each item, from the first that was removed on until nothing waits. */
  #numbers: Map<Item, number> | undefined

  get size(): number {
    return this.#size
  }

  /** The oldest, left where it is; `undefined` when there is none. */
  get first(): Item | undefined {
    while (this.#head < this.#next) {
      const item = this.#places[this.#head % this.#places.length]
      if (item !== undefined) return item
      this.#head++
    }
    return undefined
  }

  add(item: Item): void {
    if (this.#next - this.#head === this.#places.length) this.#makeRoom()
    this.#numbers?.set(item, this.#next)
    this.#places[this.#next++ % this.#places.length] = item
    this.#size++
  }

  /** The oldest; `undefined` when there is none. */
  take(): Item | undefined {
    const item = this.first
    if (item === undefined) return undefined
    this.#numbers?.delete(item)
    this.#empty(this.#head++)
    return item
  }

  /** Whether it was there. */
  remove(item: Item): boolean {
    this.#numbers ??= new Map(this.#numbered())
    const number = this.#numbers.get(item)
    if (number === undefined) return false
    this.#numbers.delete(item)
    this.#empty(number)
    return true
  }

  *#numbered(): Generator<[Item, number]> {
    for (let number = this.#head; number < this.#next; number++) {
      const item = this.#places[number % this.#places.length]
      if (item !== undefined) yield [item, number]
    }
  }

  #empty(number: number): void {
    this.#places[number % this.#places.length] = undefined
    this.#size--
    if (this.#size > 0) return
    this.#head = this.#next
    this.#numbers = undefined
    if (this.#places.length > FEW_PLACES) this.#places = emptyPlaces(FEW_PLACES)
  }

  /** What came and went behind one that waits long has left its places empty: as long as half of them are, there is room enough. */
  #makeRoom(): void {
    const { length } = this.#places
    const items = [...this.#numbered()].map(([item]) => item)
    const places = emptyPlaces<Item>(items.length * 2 > length ? length * 2 : length)
    for (const [number, item] of items.entries()) {
      places[number] = item
      this.#numbers?.set(item, number)
    }
    this.#places = places
    this.#head = 0
    this.#next = items.length
  }
}

function emptyPlaces<Item>(count: number): (Item | undefined)[] {
  return Array.from({ length: count }, () => undefined)
}
