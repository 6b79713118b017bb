/** Most messages are small: memory for a large one, taken each time, has the collector of JavaScript run after every few of them. */
const FIRST_OCTETS = 16 * 1024

/** Octets that are written one piece after another, into memory that grows with them, and is used again and again. */
export class OctetBuffer {
  length = 0
  #octets: Buffer = Buffer.allocUnsafe(FIRST_OCTETS)

  /** Writes a text in UTF-8, and gives the number of octets. */
  write(text: string): number {
    // A character of a string is three octets of UTF-8 at most: what is above the 16 bits of one takes two of them, and four octets.
    this.#makeRoom(text.length * 3)
    const octets = this.#octets.write(text, this.length)
    this.length += octets
    return octets
  }

  append(octets: Uint8Array): void {
    this.#makeRoom(octets.length)
    this.#octets.set(octets, this.length)
    this.length += octets.length
  }

  truncate(length: number): void {
    this.length = length
  }

  /** The octets; they are others after the next {@link truncate}. */
  view(): Uint8Array {
    return this.#octets.subarray(0, this.length)
  }

  #makeRoom(octets: number): void {
    const needed = this.length + octets
    if (needed <= this.#octets.length) return
    const larger = Buffer.allocUnsafe(needed * 2)
    larger.set(this.#octets.subarray(0, this.length))
    this.#octets = larger
  }
}
