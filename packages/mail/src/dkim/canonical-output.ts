import type { OctetSink } from './environment.ts'

const CR = 0x0d
const LF = 0x0a

/** Large enough that a call of the hash costs nothing beside the hashing, small enough to be made for each letter. */
const BUFFER_OCTETS = 4096

/**
 * Gathers the octets of a canonical body for a hash. Line ends wait until something follows them, because those at the end don't count
 * (RFC 6376 §3.4.3, §3.4.4); they wait as a number, so a body of nothing else takes no memory.
 */
export class CanonicalOutput {
  readonly #sink: OctetSink
  readonly #buffer: Uint8Array = new Uint8Array(BUFFER_OCTETS)
  #length = 0
  #lineEnds = 0
  #isEmpty = true

  constructor(sink: OctetSink) {
    this.#sink = sink
  }

  /** Whether nothing but line ends has come so far. */
  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Some line ends, which count as soon as something follows. */
  lineEnds(count: number): void {
    this.#lineEnds += count
  }

  put(octet: number): void {
    this.#writeLineEnds()
    this.#write(octet)
  }

  putAll(octets: Uint8Array): void {
    this.#writeLineEnds()
    if (octets.length > BUFFER_OCTETS - this.#length) this.#flush()
    if (octets.length > BUFFER_OCTETS) {
      this.#sink.update(octets)
      return
    }
    this.#buffer.set(octets, this.#length)
    this.#length += octets.length
  }

  /** The end of the body: with one line end, or without any. */
  end(lineEnd: 'with-line-end' | 'without-line-end'): void {
    this.#lineEnds = lineEnd === 'with-line-end' ? 1 : 0
    this.#writeLineEnds()
    this.#flush()
  }

  #writeLineEnds(): void {
    this.#isEmpty = false
    for (; this.#lineEnds > 0; this.#lineEnds--) {
      this.#write(CR)
      this.#write(LF)
    }
  }

  #write(octet: number): void {
    if (this.#length === BUFFER_OCTETS) this.#flush()
    this.#buffer[this.#length++] = octet
  }

  #flush(): void {
    if (this.#length > 0) this.#sink.update(this.#buffer.subarray(0, this.#length))
    this.#length = 0
  }
}
