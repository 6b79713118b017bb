import { copyOctets } from '../base/octets.ts'
import { formatBdat } from './command.ts'
import { MAX_BATCH_OCTETS, MAX_COPIED_OCTETS } from './pipeline.ts'

/** The command of a chunk at most, for what leaves at once together with it. */
export const MAX_BDAT_OCTETS: number = formatBdat(Number.MAX_SAFE_INTEGER, 'LAST').octets.length

const MAX_GATHERED_OCTETS = MAX_BATCH_OCTETS - MAX_BDAT_OCTETS

/** Content that is gathered to leave as one chunk (RFC 3030 §2), because the command before it says how large it is. */
export class Chunk {
  #parts: Uint8Array[] = []
  #octets = 0

  /** Whether there is room beside what was gathered; if nothing was, there is. */
  hasRoomFor(block: Uint8Array): boolean {
    return this.#octets === 0 || this.#octets + block.length <= MAX_GATHERED_OCTETS
  }

  /** @returns whether the chunk has to leave before the next block is asked for, because a block that was lent is too large to be copied. */
  add(block: Uint8Array, { isLent }: { readonly isLent: boolean }): boolean {
    const isTooLarge = isLent && block.length > MAX_COPIED_OCTETS
    this.#parts.push(isLent && !isTooLarge ? copyOctets(block) : block)
    this.#octets += block.length
    return isTooLarge
  }

  /** The command and the content that was gathered; nothing of it stays. */
  take(): readonly Uint8Array[] {
    const taken = [formatBdat(this.#octets).octets, ...this.#parts]
    this.#parts = []
    this.#octets = 0
    return taken
  }

  /** The same for the last one, with what is left of the content. */
  takeLast(rest: Uint8Array): readonly Uint8Array[] {
    const { octets } = formatBdat(this.#octets + rest.length, 'LAST')
    return [octets, ...this.#parts, rest]
  }
}
