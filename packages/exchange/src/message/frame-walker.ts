/**
 * Finds where the frames of a zstd file end (RFC 8878 §3.1), without decompressing them.
 *
 *     head ──▶ block head ──▶ block content ──▶ … ──▶ checksum ──▶ head
 *
 * A message's file is several frames one after another, as the format allows. The decompressor of the platform stops at the end of a
 * frame when more comes in the same piece, so pieces are cut there.
 */

const MAGIC = 0xfd2fb528

/** The sixteen magic numbers of frames that only take room (§3.1.2). */
const SKIPPABLE = 0x184d2a50

/** Octets of magic number and descriptor, by which the length of the rest of the head is known. */
const HEAD_BEGIN = 5
const SKIPPABLE_HEAD = 8
const BLOCK_HEAD = 3
const CHECKSUM = 4

const DICTIONARY_ID_SIZES = [0, 1, 2, 4]
const CONTENT_SIZE_SIZES = [0, 2, 4, 8]

/** A block of one octet that is repeated has that octet for content, whatever its size says. */
const RLE_BLOCK = 1

type State = 'head' | 'block' | 'skip'

export class FrameWalker {
  #state: State = 'head'
  /** What has come of a head that is not there whole. */
  readonly #gathered: number[] = []
  #skip = 0
  /** What comes when everything to be skipped is there. */
  #afterSkip: 'block' | 'end' = 'end'
  #hasChecksum = false
  #isLost = false

  #isFrameEnd(): boolean {
    if (this.#state !== 'skip' || this.#skip > 0) return false
    const isEnd = this.#afterSkip === 'end'
    this.#state = isEnd ? 'head' : 'block'
    return isEnd
  }

  /**
   * Cuts the next piece of a file at the ends of frames. What is no frame is passed on as it is: the decompressor says what is
   * wrong with it.
   */
  *cut(octets: Uint8Array): Generator<Uint8Array, void, void> {
    let begin = 0
    let at = 0
    while (at < octets.length && !this.#isLost) {
      if (this.#state === 'skip') {
        const step = Math.min(this.#skip, octets.length - at)
        this.#skip -= step
        at += step
      } else {
        this.#gather(octets[at] ?? 0)
        at += 1
      }
      if (this.#isFrameEnd()) {
        yield octets.subarray(begin, at)
        begin = at
      }
    }
    if (begin < octets.length) yield octets.subarray(begin)
  }

  #gather(octet: number): void {
    this.#gathered.push(octet)
    if (this.#state === 'block') this.#readBlockHead()
    else this.#readHead()
  }

  #readHead(): void {
    const { length } = this.#gathered
    if (length < HEAD_BEGIN) return
    const magic = this.#number(0, 4)
    if (magic === MAGIC) {
      const descriptor = this.#gathered[4] ?? 0
      this.#hasChecksum = (descriptor & 0b100) !== 0
      this.#leave(headRest(descriptor), 'block')
    } else if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      if (length === SKIPPABLE_HEAD) this.#leave(this.#number(4, 4), 'end')
    } else {
      this.#isLost = true
    }
  }

  #readBlockHead(): void {
    if (this.#gathered.length < BLOCK_HEAD) return
    const head = this.#number(0, BLOCK_HEAD)
    const isLast = (head & 1) === 1
    const size = ((head >>> 1) & 0b11) === RLE_BLOCK ? 1 : head >>> 3
    this.#leave(isLast ? size + (this.#hasChecksum ? CHECKSUM : 0) : size, isLast ? 'end' : 'block')
  }

  #leave(skip: number, afterwards: 'block' | 'end'): void {
    this.#gathered.length = 0
    this.#state = 'skip'
    this.#skip = skip
    this.#afterSkip = afterwards
  }

  /** Little-endian, without sign. */
  #number(offset: number, octetCount: number): number {
    let number = 0
    for (let index = octetCount - 1; index >= 0; index -= 1) {
      number = number * 256 + (this.#gathered[offset + index] ?? 0)
    }
    return number
  }
}

/** Octets of a frame's head behind its descriptor (§3.1.1.1). */
function headRest(descriptor: number): number {
  const isSingleSegment = (descriptor & 0b100000) !== 0
  const contentSize = CONTENT_SIZE_SIZES[descriptor >>> 6] ?? 0
  const dictionaryId = DICTIONARY_ID_SIZES[descriptor & 0b11] ?? 0
  const windowDescriptor = isSingleSegment ? 0 : 1
  return windowDescriptor + dictionaryId + (contentSize || (isSingleSegment ? 1 : 0))
}
