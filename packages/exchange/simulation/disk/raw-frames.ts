/**
 * Frames of zstd that hold their content as it is (RFC 8878 §3.1.1.2, `Raw_Block`): any decompressor reads them. A compressor takes as
 * long to set up as a small world takes for everything else.
 */
import { Buffer } from 'node:buffer'

const MAGIC = 0xfd2fb528

/** One segment, and the size of the content in four octets. */
const DESCRIPTOR = 0xa0

const HEAD = 9
const BLOCK_HEAD = 3
const MAX_BLOCK = 128 * 1024

export function frameOf(content: Buffer): Buffer {
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(MAGIC)
  head[4] = DESCRIPTOR
  head.writeUInt32LE(content.length, 5)
  const pieces: Buffer[] = [head]
  let begin = 0
  do {
    const block = content.subarray(begin, begin + MAX_BLOCK)
    begin += block.length
    const blockHead = Buffer.alloc(BLOCK_HEAD)
    blockHead.writeUIntLE(block.length * 8 + (begin === content.length ? 1 : 0), 0, BLOCK_HEAD)
    pieces.push(blockHead, block)
  } while (begin < content.length)
  return Buffer.concat(pieces)
}

/** The content of a frame that {@link frameOf} made; `undefined` when it is another one, or not whole. */
export function contentOf(frame: Uint8Array): Buffer | undefined {
  const octets = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  if (octets.length < HEAD + BLOCK_HEAD || octets[4] !== DESCRIPTOR) return undefined
  if (octets.readUInt32LE() !== MAGIC) return undefined
  const size = octets.readUInt32LE(5)
  const pieces: Buffer[] = []
  let at = HEAD
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEAD > octets.length) return undefined
    const blockHead = octets.readUIntLE(at, BLOCK_HEAD)
    const length = blockHead >>> 3
    at += BLOCK_HEAD
    if ((blockHead & 0b110) !== 0 || at + length > octets.length) return undefined
    pieces.push(octets.subarray(at, at + length))
    at += length
    isLast = (blockHead & 1) === 1
  }
  const [first, ...others] = pieces
  const content = first !== undefined && others.length === 0 ? first : Buffer.concat(pieces)
  return at === octets.length && content.length === size ? content : undefined
}
