/** Beginnings of letters, whether or not the server has TOP, which is optional (RFC 1939 §7). */

import { concatOctets } from '../base/octets.ts'
import type { Dialog } from '../wire/dialog.ts'
import { retrieveLetters } from './batch.ts'
import type { Pop3Top } from './batch.ts'
import type { Pop3Channel } from './channel.ts'

const LF = 0x0a
const CR = 0x0d

/**
 * What TOP would give of these letters, out of the whole letters: the first of them, as many as there is room for in memory; at least one. What is above `maxTopOctets` of one
 * is left out.
 */
export function* retrieveBeginnings(
  channel: Pop3Channel,
  maildropNumbers: readonly number[],
  lines: number,
): Dialog<readonly Pop3Top[]> {
  const { maxBatchOctets, maxTopOctets } = channel.limits
  const room = Math.max(1, Math.floor(maxBatchOctets / maxTopOctets))
  const numbers = maildropNumbers.slice(0, room)
  const beginnings = new Map<number, Beginning>()
  const refusals = yield* retrieveLetters(channel, [numbers], (number) => {
    const beginning = new Beginning(lines, maxTopOctets)
    beginnings.set(number, beginning)
    return { push: (octets) => beginning.push(octets) }
  })
  return numbers.flatMap((maildropNumber): readonly Pop3Top[] => {
    const error = refusals.get(maildropNumber)
    if (error !== undefined) return [{ kind: 'failed', maildropNumber, error }]
    const octets = beginnings.get(maildropNumber)?.octets
    return octets === undefined ? [] : [{ kind: 'top', maildropNumber, octets }]
  })
}

/** Keeps the header section of a letter, the empty line behind it and so many lines more, and lets the rest pass. */
class Beginning {
  readonly #pieces: Uint8Array[] = []
  /** How much may be kept still. */
  #room: number
  /** How many lines are wanted still of the body. */
  #lines: number
  #isInBody = false
  #isLineEmpty = true

  constructor(lines: number, maxOctets: number) {
    this.#lines = lines
    this.#room = maxOctets
  }

  get octets(): Uint8Array {
    return concatOctets(this.#pieces)
  }

  push(octets: Uint8Array): undefined {
    if (this.#room === 0) return
    const kept = octets.slice(0, Math.min(this.#room, this.#endIn(octets)))
    this.#pieces.push(kept)
    this.#room = this.#isWhole ? 0 : this.#room - kept.length
  }

  get #isWhole(): boolean {
    return this.#isInBody && this.#lines === 0
  }

  /** Where the last line ends that is wanted; the end of the octets when it is not in them. */
  #endIn(octets: Uint8Array): number {
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at]
      if (octet !== LF) {
        if (octet !== CR) this.#isLineEmpty = false
        continue
      }
      if (this.#isInBody) this.#lines -= 1
      else this.#isInBody = this.#isLineEmpty
      if (this.#isWhole) return at + 1
      this.#isLineEmpty = true
    }
    return octets.length
  }
}
