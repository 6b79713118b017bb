/**
 * Chance that can be repeated: the same seed gives the same numbers, on every machine. Each concern draws from a stream of its own name,
 * so that one more number drawn for the mail does not change what the programs write.
 */
export class Random {
  #state: number
  readonly #seed: number

  constructor(seed: number, name = '') {
    this.#seed = seed
    this.#state = mix(seed, name)
  }

  /** Another stream of the same seed. */
  stream(name: string): Random {
    return new Random(this.#seed, name)
  }

  /** A whole number of 32 bits (the generator `mulberry32`: it is no secret that is drawn here). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let word = this.#state
    word = Math.imul(word ^ (word >>> 15), word | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (word ^ (word >>> 14)) >>> 0
  }

  /** From 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound)
  }

  /** From `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** True in so many of a hundred cases. */
  percent(chance: number): boolean {
    return this.below(100) < chance
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0]
  }

  /** One of the items, as often as their weights say. */
  weighted<Item>(items: readonly [Weighted<Item>, ...Weighted<Item>[]]): Item {
    let left = this.below(items.reduce((sum, { weight }) => sum + weight, 0))
    for (const { weight, item } of items) {
      left -= weight
      if (left < 0) return item
    }
    return items[0].item
  }

  /** In the form of a UUID. */
  uuid(): string {
    const words = [this.next(), this.next(), this.next(), this.next()]
    const digits = words.map((word) => word.toString(16).padStart(8, '0')).join('')
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  }
}

export interface Weighted<Item> {
  readonly weight: number
  readonly item: Item
}

/** FNV-1a over the name, begun with the seed, and stirred until neighbouring seeds have nothing in common. */
function mix(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (const letter of `${name}:${seed}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  return hash >>> 0
}
