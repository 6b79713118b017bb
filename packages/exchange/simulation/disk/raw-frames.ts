/**
 * Frames of zstd that hold their content as it is, in one block (RFC 8878 §3.1.1.2, `Raw_Block`): any decompressor reads them. A compressor takes as
 * long to set up as a small world takes for everything else.
 */
import { Buffer } from 'node:buffer'

/** Magic number, and a descriptor: one segment, and the size of the content in four octets. */
const BEGIN = Buffer.from('28b52ffda0', 'hex')

const SIZE_AT = BEGIN.length
const BLOCK_AT = SIZE_AT + 4
const HEAD = BLOCK_AT + 3

/** More than any message of a world has. */
const MAX_BLOCK = 128 * 1024

export function frameOf(content: Buffer): Buffer {
  if (content.length > MAX_BLOCK) throw new RangeError('no block has so many octets')
  const frame = Buffer.alloc(HEAD + content.length)
  BEGIN.copy(frame)
  frame.writeUInt32LE(content.length, SIZE_AT)
  frame.writeUIntLE(lastBlockOf(content.length), BLOCK_AT, HEAD - BLOCK_AT)
  content.copy(frame, HEAD)
  return frame
}

/** The content of a frame that {@link frameOf} made; `undefined` when it is another one, or not whole. */
export function contentOf(frame: Uint8Array): Buffer | undefined {
  const octets = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (octets.length < HEAD || !octets.subarray(0, SIZE_AT).equals(BEGIN)) return undefined
  const size = octets.length - HEAD
  const isWhole = octets.readUInt32LE(SIZE_AT) === size
  const isRaw = octets.readUIntLE(BLOCK_AT, HEAD - BLOCK_AT) === lastBlockOf(size)
  return isWhole && isRaw ? octets.subarray(HEAD) : undefined
}

/** The head of a raw block that is the last one. */
function lastBlockOf(size: number): number {
  return size * 8 + 1
}
