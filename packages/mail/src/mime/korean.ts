/**
 * Korean text (EUC-KR, KS C 5601), and the code page 949 of Windows, which calls itself by the same names and has all syllables. The platform's
 * `euc-kr` has only the 2,350 of the standard, and reads the others as control characters.
 */

import { NO_OCTETS } from '../base/octets.ts'
import { replacement } from './own-decoder.ts'
import type { CharsetDecoder, DecoderOptions } from './own-decoder.ts'

const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3
/** Where the leads of the standard begin; in the additional rows before it, the second octet goes to 0xFE. */
const FIRST_STANDARD = 0xa1
const LAST_ADDITIONAL = 0xc6

/** Two octets → UTF-16 unit, 0 for none. Made when the first Korean text is read. */
let units: Uint16Array | undefined

function unitsOfPairs(): Uint16Array {
  if (units !== undefined) return units
  const made = new Uint16Array(0x1_0000)
  const used = addStandard(made)
  addAdditional(made, used)
  units = made
  return made
}

/** The 94 rows of the standard, from the platform. Returns what is in them. */
function addStandard(made: Uint16Array): ReadonlySet<number> {
  const decoder = new TextDecoder('euc-kr')
  const used = new Set<number>()
  for (let lead = FIRST_STANDARD; lead <= 0xfe; lead++) {
    for (let trail = FIRST_STANDARD; trail <= 0xfe; trail++) {
      const text = decoder.decode(new Uint8Array([lead, trail]))
      const unit = text.charCodeAt(0)
      if (text.length !== 1 || unit === 0xfffd) continue
      made[(lead << 8) | trail] = unit
      used.add(unit)
    }
  }
  return used
}

/** Code page 949 puts the other syllables, in the order of Unicode, where the standard has nothing. */
function addAdditional(made: Uint16Array, used: ReadonlySet<number>): void {
  let unit = FIRST_SYLLABLE
  for (let lead = 0x81; lead <= LAST_ADDITIONAL; lead++) {
    for (let trail = 0x41; trail <= (lead < FIRST_STANDARD ? 0xfe : 0xa0); trail++) {
      if ((trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < 0x81)) continue
      while (used.has(unit)) unit++
      if (unit > LAST_SYLLABLE) return
      made[(lead << 8) | trail] = unit++
    }
  }
}

/** Decodes EUC-KR and code page 949. */
export class KoreanDecoder implements CharsetDecoder {
  readonly #options: DecoderOptions
  readonly #units: Uint16Array = unitsOfPairs()
  #lead = 0

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  decode(octets: Uint8Array = NO_OCTETS, options: { stream?: boolean } = {}): string {
    let text = ''
    for (const octet of octets) text += this.#take(octet)
    if (options.stream === true || this.#lead === 0) return text
    this.#lead = 0
    return text + replacement(this.#options)
  }

  #take(octet: number): string {
    const lead = this.#lead
    this.#lead = 0
    if (lead !== 0) {
      const unit = this.#units[(lead << 8) | octet] ?? 0
      if (unit !== 0) return String.fromCharCode(unit)
      // ASCII after half a character is itself: a line end must not be swallowed.
      return octet < 0x80
        ? replacement(this.#options) + String.fromCharCode(octet)
        : replacement(this.#options)
    }
    if (octet < 0x80) return String.fromCharCode(octet)
    if (octet === 0x80 || octet === 0xff) return replacement(this.#options)
    this.#lead = octet
    return ''
  }
}
