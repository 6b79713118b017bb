import { DotUnstuffer } from '../wire/dot-stuffing.ts'

/** Room for a letter of a few lines, so that it is never copied. */
const CAPACITY_OCTETS_MIN = 4_096

/**
 * Collects what follows DATA until the line of one dot, without its dot-stuffing, or what follows BDAT (RFC 3030).
 *
 * The octets go into one growing array: a client that sends 20 MB octet by octet costs no more memory than one
 * that sends them at once. Above the limit they are counted as they come and not kept.
 */
export class ContentCollector {
  readonly #limitOctets: number
  readonly #unstuffer = new DotUnstuffer()
  #octets = new Uint8Array(CAPACITY_OCTETS_MIN)
  #length = 0

  constructor(limitOctets: number) {
    this.#limitOctets = limitOctets
  }

  /** Takes octets. Returns those after the end of the content (maybe none) once it has come, else `undefined`. */
  push(octets: Uint8Array): Uint8Array | undefined {
    this.append(this.#unstuffer.push(octets))
    return this.#unstuffer.isDone ? this.#unstuffer.rest : undefined
  }

  /** Whether so many octets more are within the limit. */
  hasRoomFor(octets: number): boolean {
    return this.#length + octets <= this.#limitOctets
  }

  /** The content, or `undefined` when there was more of it than the limit. */
  take(): Uint8Array | undefined {
    return this.#length > this.#limitOctets ? undefined : this.#octets.subarray(0, this.#length)
  }

  /** Takes octets that are content as they are, from BDAT. */
  append(octets: Uint8Array): void {
    const length = this.#length + octets.length
    if (length > this.#limitOctets) {
      this.#octets = new Uint8Array(0)
    } else {
      if (length > this.#octets.length) this.#grow(length)
      this.#octets.set(octets, this.#length)
    }
    this.#length = length
  }

  #grow(length: number): void {
    const grown = new Uint8Array(
      Math.min(this.#limitOctets, Math.max(length, 2 * this.#octets.length)),
    )
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }
}
