/** SEARCH (RFC 9051 §6.4.4): texts are looked for in what people read, so after decoding. */

import type { SearchKey } from '../../imap/server-search-keys.ts'
import { decodeText } from '../../mime/charset.ts'
import { parseContentType } from '../../mime/content-type.ts'
import { parseDateTime } from '../../mime/date-time.ts'
import type { HeaderSection } from '../../mime/header-section.ts'
import { decodedContent } from './letter-content.ts'
import { type LetterPart, readLetter } from './letter-part.ts'
import type { NumberedLetter, OpenMailbox } from './open-mailbox.ts'

const DAY_MS = 86_400_000

/** The letters that fit, in the order of their numbers. */
export function findLetters(
  open: OpenMailbox,
  key: SearchKey,
  saved: readonly number[],
): readonly NumberedLetter[] {
  const matcher = new Matcher(open, saved)
  return open.all().filter((letter) => matcher.fits(letter, key))
}

class Matcher {
  readonly #open: OpenMailbox
  readonly #saved: readonly number[]
  /** The letters that a set names, once for each set. */
  readonly #sets = new Map<SearchKey, ReadonlySet<number>>()
  /** The letter that was taken apart last. */
  #read: { readonly uid: number; readonly letter: LetterPart } | undefined

  constructor(open: OpenMailbox, saved: readonly number[]) {
    this.#open = open
    this.#saved = saved
  }

  fits(of: NumberedLetter, key: SearchKey): boolean {
    const { letter } = of
    switch (key.kind) {
      case 'all':
        return true
      case 'letters':
        return this.#set(key).has(of.number)
      case 'flag':
        return this.#hasFlag(of, key.flag) === key.isSet
      case 'size':
        return key.is === 'larger' ? letter.sizeOctets > key.octets : letter.sizeOctets < key.octets
      case 'mod-seq':
        return letter.modSeq >= key.from
      case 'day':
        return this.#isDay(of, key)
      case 'field':
        return this.#hasField(of, key)
      case 'text':
        return holds(this.#textOf(of, key.scope), key.text)
      case 'not':
        return !this.fits(of, key.key)
      case 'or':
        return key.keys.some((each) => this.fits(of, each))
      case 'and':
        return key.keys.every((each) => this.fits(of, each))
    }
  }

  #set(key: Extract<SearchKey, { kind: 'letters' }>): ReadonlySet<number> {
    let numbers = this.#sets.get(key)
    if (numbers === undefined) {
      numbers = new Set(this.#open.letters(key.letters, this.#saved).map(({ number }) => number))
      this.#sets.set(key, numbers)
    }
    return numbers
  }

  #hasFlag({ letter }: NumberedLetter, wanted: string): boolean {
    const name = wanted.toLowerCase()
    return this.#open.flagsOf(letter).some((flag) => flag.toLowerCase() === name)
  }

  #isDay(of: NumberedLetter, key: Extract<SearchKey, { kind: 'day' }>): boolean {
    const date =
      key.of === 'arrival'
        ? of.letter.internalDate
        : parseDateTime(this.#headerOf(of).raw('Date') ?? '')
    if (date === undefined) return false
    const dayMs = Math.floor(date.getTime() / DAY_MS) * DAY_MS
    if (key.is === 'on') return dayMs === key.dayMs
    return key.is === 'before' ? dayMs < key.dayMs : dayMs >= key.dayMs
  }

  #hasField(of: NumberedLetter, key: Extract<SearchKey, { kind: 'field' }>): boolean {
    return this.#headerOf(of)
      .all(key.name)
      .some((text) => holds(text, key.text))
  }

  #textOf(of: NumberedLetter, scope: 'body' | 'all'): string {
    const letter = this.#letterOf(of)
    const body = textsOf(letter).join('\n')
    if (scope === 'body') return body
    const fields = letter.header.fields.map(({ name, text }) => `${name}: ${text}`)
    return [...fields, body].join('\n')
  }

  #headerOf(of: NumberedLetter): HeaderSection {
    return this.#letterOf(of).header
  }

  #letterOf({ letter }: NumberedLetter): LetterPart {
    if (this.#read?.uid !== letter.uid) {
      this.#read = { uid: letter.uid, letter: readLetter(letter.octets) }
    }
    return this.#read.letter
  }
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

/** The texts of all parts. */
function textsOf(part: LetterPart): readonly string[] {
  const inside = part.letter === undefined ? part.parts : [part.letter]
  if (inside.length > 0) return inside.flatMap(textsOf)
  if (part.type !== 'text') return []
  const charset = parseContentType(part.header.raw('Content-Type')).parameters.get('charset')
  const octets = decodedContent(part) ?? part.bodyOctets
  const decoded = decodeText(octets, charset)
  return decoded.kind === 'decoded' ? [decoded.text] : []
}
