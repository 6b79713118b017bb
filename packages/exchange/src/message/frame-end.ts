/**
 * Finds where a frame of a zstd file ends (RFC 8878 §3.1), without decompressing it.
 *
 *     head ──▶ block head ──▶ block content ──▶ … ──▶ checksum
 *
 * A message's file is several frames one after another, as the format allows; the decompressor of the platform takes them one by one.
 */

const MAGIC = 0xfd2fb528

/** The sixteen magic numbers of frames that only take room (§3.1.2). */
const SKIPPABLE = 0x184d2a50
const SKIPPABLE_HEAD = 8

/** Octets of magic number and descriptor, by which the length of the rest of the head is known. */
const HEAD_BEGIN = 5
const BLOCK_HEAD = 3
const CHECKSUM = 4

const DICTIONARY_ID_SIZES = [0, 1, 2, 4]
const CONTENT_SIZE_SIZES = [0, 2, 4, 8]

/** A block of one octet that is repeated has that octet for content, whatever its size says. */
const RLE_BLOCK = 1

/** Where the frame that `octets` begin with ends; `more` when it goes on behind them, `no frame` when they begin with none. */
export function findFrameEnd(octets: Uint8Array): number | 'more' | 'no frame' {
  if (octets.length < HEAD_BEGIN) return 'more'
  const magic = numberAt(octets, 0, 4)
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
    return endWithin(octets, SKIPPABLE_HEAD + numberAt(octets, 4, 4))
  }
  if (magic !== MAGIC) return 'no frame'
  const descriptor = octets[4] ?? 0
  let at = HEAD_BEGIN + headRest(descriptor)
  for (let isLast = false; !isLast;) {
    if (at + BLOCK_HEAD > octets.length) return 'more'
    const head = numberAt(octets, at, BLOCK_HEAD)
    isLast = (head & 1) === 1
    at += BLOCK_HEAD + (((head >>> 1) & 0b11) === RLE_BLOCK ? 1 : head >>> 3)
  }
  const hasChecksum = (descriptor & 0b100) !== 0
  return endWithin(octets, hasChecksum ? at + CHECKSUM : at)
}

function endWithin(octets: Uint8Array, end: number): number | 'more' {
  return end <= octets.length ? end : 'more'
}

/** Little-endian, without sign. */
function numberAt(octets: Uint8Array, offset: number, octetCount: number): number {
  let number = 0
  for (let index = octetCount - 1; index >= 0; index -= 1) {
    number = number * 256 + (octets[offset + index] ?? 0)
  }
  return number
}

/** Octets of a frame's head behind its descriptor (§3.1.1.1). */
function headRest(descriptor: number): number {
  const isSingleSegment = (descriptor & 0b100000) !== 0
  const contentSize = CONTENT_SIZE_SIZES[descriptor >>> 6] ?? 0
  const dictionaryId = DICTIONARY_ID_SIZES[descriptor & 0b11] ?? 0
  const windowDescriptor = isSingleSegment ? 0 : 1
  return windowDescriptor + dictionaryId + (contentSize || (isSingleSegment ? 1 : 0))
}
