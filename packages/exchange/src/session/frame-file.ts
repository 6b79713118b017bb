import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'

import { MessageDamaged } from '../message/errors.ts'
import { findFrameEnd } from '../message/frame-end.ts'
import { codeOf } from './error-code.ts'
import { FileWindow } from './file-window.ts'

/** Room for ten thousand decided conflicts in a header, each with its key, or for what ten thousand tables hold: whatever else is said is small beside it. */
const MAX_LINES_OCTETS = 16 * 1024 * 1024

/** All lines but rows: header, what tables hold, and the seals of as many parts as the largest body may have. Each part that a line names is kept in mind. */
const MAX_ALL_LINES_OCTETS = 64 * 1024 * 1024

/** A row may hold a large binary value, but it has to fit into memory, on both sides: as many as its part ends with. */
const MAX_PART_OCTETS = 260 * 1024 * 1024

/** What a part of a size that is usual needs at once. */
const PART_CHUNK = { least: 64 * 1024, most: 1100 * 1024, ofCompressed: 8 }

/** Where the rows of a part lie in a message's file. */
export interface PartPlace {
  readonly begin: number
  readonly octets: number
  readonly rowCount: number
}

/** A message's file: frames of zstd one after another, of lines and of parts. */
export class FrameFile {
  readonly #window: FileWindow
  #linesOctets = 0

  private constructor(window: FileWindow) {
    this.#window = window
  }

  static async open(path: string): Promise<FrameFile> {
    return new FrameFile(await FileWindow.open(path))
  }

  /** Where the next frame begins. */
  get position(): number {
    return this.#window.position
  }

  /** The lines of the next frame, without their line ends; `undefined` at the end of the file. Throws {@link MessageDamaged}. */
  async readLines(): Promise<readonly string[] | undefined> {
    const frame = await this.#nextFrame()
    if (frame === undefined) return undefined
    const octets = decompress(frame, { maxOutputLength: MAX_LINES_OCTETS })
    this.#linesOctets += octets.length
    if (this.#linesOctets > MAX_ALL_LINES_OCTETS) {
      throw new MessageDamaged('it has more lines than any message')
    }
    const text = octets.toString()
    this.#window.skip(frame.length)
    if (!text.endsWith('\n')) throw new MessageDamaged('its last line is cut')
    return text.slice(0, -1).split('\n')
  }

  /** SHA-256 of the next octets, which are then behind. Throws {@link MessageDamaged} where the file ends before. */
  async digest(octets: number): Promise<string> {
    const hash = createHash('sha256')
    for (let rest = octets; rest > 0;) {
      const shown = (await this.#window.show(1)).subarray(0, rest)
      if (shown.length === 0) throw new MessageDamaged('it ends too early')
      hash.update(shown)
      this.#window.skip(shown.length)
      rest -= shown.length
    }
    return hash.digest('hex')
  }

  /** What a part holds. Throws {@link MessageDamaged}. */
  async readPart({ begin, octets }: PartPlace): Promise<Buffer> {
    if (octets > MAX_PART_OCTETS) throw new MessageDamaged('a part of it is too large')
    this.#window.moveTo(begin)
    const frame = (await this.#window.show(octets)).subarray(0, octets)
    this.#window.skip(frame.length)
    // The seal covers all of it, and a decompressor ignores what is behind a frame: it would be something that nobody has read.
    if (findFrameEnd(frame) !== octets) throw new MessageDamaged('a part of it is not one frame')
    const { least, most, ofCompressed } = PART_CHUNK
    const chunkSize = Math.min(most, Math.max(least, octets * ofCompressed))
    return decompress(frame, { maxOutputLength: MAX_PART_OCTETS, chunkSize })
  }

  /** Moves on to the end of the file, frame by frame. Throws {@link MessageDamaged} when the last one is cut. */
  async skipAll(): Promise<void> {
    for (;;) {
      const frame = await this.#nextFrame()
      if (frame === undefined) return
      this.#window.skip(frame.length)
    }
  }

  close(): Promise<void> {
    return this.#window.close()
  }

  async #nextFrame(): Promise<Buffer | undefined> {
    let octets = await this.#window.show(1)
    if (octets.length === 0) return undefined
    for (;;) {
      const end = findFrameEnd(octets)
      if (typeof end === 'number') return octets.subarray(0, end)
      if (end === 'no frame') throw new MessageDamaged('it does not decompress')
      const before = octets.length
      if (before > MAX_PART_OCTETS) throw new MessageDamaged('a part of it is too large')
      octets = await this.#window.show(before * 2)
      if (octets.length === before) throw new MessageDamaged('it ends too early')
    }
  }
}

function decompress(
  frame: Buffer,
  options: { readonly maxOutputLength: number; readonly chunkSize?: number },
): Buffer {
  try {
    return zstdDecompressSync(frame, options)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new MessageDamaged('a frame of it holds too much')
    if (LACK_OF_MEMORY.has(code) || !ZSTD_ERROR.test(code)) throw error
    throw new MessageDamaged('it does not decompress', { cause: error })
  }
}

const ZSTD_ERROR = /^Z(STD_|_)|^ERR_ZLIB/

/** What zstd says when this machine has no room for its work: that is no fault of the message, which may be read another time. */
const LACK_OF_MEMORY: ReadonlySet<string> = new Set([
  'ZSTD_error_memory_allocation',
  'Z_MEM_ERROR',
  'ERR_ZLIB_INITIALIZATION_FAILED',
])
