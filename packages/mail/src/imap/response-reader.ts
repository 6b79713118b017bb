import { LimitExceeded } from '../base/limit-exceeded.ts'
import { asciiOf, NO_OCTETS, textOf } from '../base/octets.ts'
import type { FramedResponse, Literal } from './framing.ts'
import type { ImapLimits } from './limits.ts'
import { ENDS_ATOM, isDigit, isNil, unescape, wordOf } from './words.ts'

/**
 * What a response is made of (RFC 9051 §4): NIL is `undefined`, an atom, a quoted string or a literal its text, a parenthesized list an array. So NIL
 * and `"NIL"` are different things here too.
 */
export type ImapValue = undefined | string | readonly ImapValue[]

/** Something in a response is not what the grammar has there. Never leaves this folder: who reads the response knows what it spoils. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

const SPACE = 0x20
const QUOTE = 0x22
const ZERO = 0x30
const OPENING = 0x28
const CLOSING = 0x29
const BACKSLASH = 0x5c
const OPENING_BRACKET = 0x5b
const CLOSING_BRACKET = 0x5d
const UPPER_N = 0x4e
const UPPER_I = 0x49
const UPPER_L = 0x4c

const latin1 = new TextDecoder('latin1')

/**
 * Reads one response from beginning to end. Each method reads what its name says or throws {@link Unreadable}; none looks at an octet more often
 * than a fixed number of times.
 */
export class ResponseReader {
  readonly #texts: readonly Uint8Array[]
  readonly #literals: readonly Literal[]
  readonly #limits: ImapLimits
  /** Which text, and where in it. */
  #index = 0
  #text: Uint8Array
  /** The same as characters, when it was asked for and each octet is one: pieces of a string cost less than arrays and decoders. */
  #characters: string | undefined
  #areCharactersKnown = false
  #at = 0
  #tokens = 0
  #depth = 0
  #octetsOfTexts: Map<string, Uint8Array> | undefined

  constructor(response: FramedResponse, limits: ImapLimits) {
    this.#texts = response.texts
    this.#literals = response.literals
    this.#text = response.texts[0] ?? NO_OCTETS
    this.#limits = limits
  }

  /** What is made of the response weighs so much in memory, roughly. */
  get weightOctets(): number {
    let octets = this.#tokens * WORD_OCTETS
    for (const text of this.#texts) octets += text.length
    for (const literal of this.#literals) octets += literal.octets?.length ?? 0
    return octets
  }

  /** Whether everything has been read. */
  get isAtEnd(): boolean {
    return this.#at === this.#text.length && this.#index === this.#texts.length - 1
  }

  /** Whether what comes next is this one character. */
  isAt(character: string): boolean {
    return this.#text[this.#at] === character.charCodeAt(0)
  }

  /** Whether what comes next begins with a digit. */
  get isAtNumber(): boolean {
    return isDigit(this.#text[this.#at])
  }

  /** Goes past the character if it is next. */
  skip(character: string): boolean {
    if (!this.isAt(character)) return false
    this.#at++
    return true
  }

  expect(character: string): void {
    if (!this.skip(character)) throw new Unreadable(`"${character}" is missing`)
  }

  /** Goes past one or more spaces. Servers write two where the standard has one. */
  expectSpace(): void {
    this.expect(' ')
    this.skipSpaces()
  }

  skipSpaces(): void {
    const text = this.#text
    let at = this.#at
    while (text[at] === SPACE) at++
    this.#at = at
  }

  /** An atom, however it is meant: a keyword, a flag, a number. */
  atom(): string {
    this.#count()
    const from = this.#at
    const text = this.#text
    let at = from
    while (at < text.length && ENDS_ATOM[text[at] ?? 0] === 0) at++
    if (from === at) throw new Unreadable('a word is missing')
    this.#at = at
    return this.#words(from, at)
  }

  /** An atom in upper case, which ends before any `[` too: `BODY` of `BODY[1]`. */
  keyword(): string {
    this.#count()
    const from = this.#at
    const text = this.#text
    let at = from
    for (; at < text.length; at++) {
      const octet = text[at] ?? 0
      if (ENDS_ATOM[octet] === 1 || octet === OPENING_BRACKET || octet === CLOSING_BRACKET) break
    }
    if (from === at) throw new Unreadable('a keyword is missing')
    this.#at = at
    return this.#words(from, at).toUpperCase()
  }

  /** A number of at most 63 bits that fits into a number of JavaScript exactly. */
  number(): number {
    this.#count()
    const from = this.#at
    let value = 0
    for (; isDigit(this.#text[this.#at]); this.#at++) {
      value = value * 10 + (this.#text[this.#at] ?? ZERO) - ZERO
    }
    if (from === this.#at) throw new Unreadable('a number is missing')
    if (value > Number.MAX_SAFE_INTEGER) throw new Unreadable('a number is too large')
    return value
  }

  /** A number of 63 bits: a mod-sequence (RFC 7162 §7). */
  bigNumber(): bigint {
    this.#count()
    const from = this.#at
    while (isDigit(this.#text[this.#at])) this.#at++
    const digits = this.#at - from
    if (digits === 0 || digits > MAX_DIGITS) throw new Unreadable('a number of 63 bits is missing')
    return BigInt(latin1.decode(this.#text.subarray(from, this.#at)))
  }

  /** The octets of a quoted string or literal. */
  string(): Uint8Array {
    const octets = this.#stringOrNothing()
    if (octets === undefined) throw new Unreadable('a string is missing')
    return octets
  }

  /** As {@link string}, or an atom in its place. */
  astring(): Uint8Array {
    const octets = this.#stringOrNothing()
    if (octets !== undefined) return octets
    const from = this.#at
    this.atom()
    return this.#text.subarray(from, this.#at)
  }

  /** As {@link string}, or NIL: `undefined`. Some servers write an atom where a string belongs. */
  nstring(): Uint8Array | undefined {
    if (this.isAt('(')) throw new Unreadable('a list stands where a string belongs')
    const octets = this.#stringOrNothing()
    if (octets !== undefined) return octets
    const from = this.#at
    return isNil(this.atom()) ? undefined : this.#text.subarray(from, this.#at)
  }

  /** A literal as it stands, also one whose octets are somewhere else; `undefined` when none comes next. */
  literal(): Literal | undefined {
    if (this.#at < this.#text.length) return undefined
    const literal = this.#literals[this.#index]
    if (literal === undefined) return undefined
    this.#count()
    this.#goToText(this.#index + 1)
    this.#at = 0
    return literal
  }

  /** Whatever comes next. */
  value(): ImapValue {
    const octet = this.#text[this.#at]
    if (octet === OPENING) return this.#list()
    if (octet === QUOTE) return this.#quotedWords()
    if (this.#skipNil()) return undefined
    const octets = this.#stringOrNothing()
    if (octets !== undefined) return this.#textOf(octets)
    const atom = this.atom()
    return isNil(atom) ? undefined : atom
  }

  /** The strings among the values so far that are not ASCII, as octets, by the text that was made of them. */
  takeOctets(): ReadonlyMap<string, Uint8Array> {
    const octets = this.#octetsOfTexts ?? NO_TEXTS
    this.#octetsOfTexts = undefined
    return octets
  }

  /** A parenthesized list of things that `read` reads. */
  list<Item>(read: () => Item): readonly Item[] {
    this.expect('(')
    this.#enter()
    const items: Item[] = []
    for (this.skipSpaces(); !this.skip(')'); this.skipSpaces()) items.push(read())
    this.#depth--
    return items
  }

  /** What comes until this character, without it. */
  upTo(character: string): string {
    const end = this.#text.indexOf(character.charCodeAt(0), this.#at)
    if (end === -1) throw new Unreadable(`"${character}" is missing`)
    const text = textOf(this.#text.subarray(this.#at, end))
    this.#at = end
    return text
  }

  /** The rest of the text, for people. */
  words(): string {
    const text = textOf(this.#text.subarray(this.#at))
    this.#at = this.#text.length
    return text
  }

  /** Where the reader is, to come back to. */
  mark(): ReaderMark {
    return { index: this.#index, at: this.#at, depth: this.#depth }
  }

  goTo({ index, at, depth }: ReaderMark): void {
    if (index !== this.#index) this.#goToText(index)
    this.#at = at
    this.#depth = depth
  }

  /** Goes past one value without keeping anything of it, however deep its lists are. */
  skipValue(): void {
    let open = 0
    do {
      this.skipSpaces()
      if (this.skip('(')) open++
      else if (open > 0 && this.skip(')')) open--
      else this.#skipScalar()
    } while (open > 0)
  }

  #skipScalar(): void {
    if (this.literal() !== undefined) return
    if (this.isAt('"')) this.#quoted()
    else this.atom()
  }

  /** As {@link list}, with nothing made for each list but itself: most of what a server says of letters is lists. */
  #list(): readonly ImapValue[] {
    this.#at++
    this.#enter()
    const items: ImapValue[] = []
    for (;;) {
      this.skipSpaces()
      if (this.#text[this.#at] === CLOSING) break
      items.push(this.value())
    }
    this.#at++
    this.#depth--
    return items
  }

  /** Goes past NIL as servers write it; what else it may be is an atom first. */
  #skipNil(): boolean {
    const text = this.#text
    const at = this.#at
    if (text[at] !== UPPER_N || text[at + 1] !== UPPER_I || text[at + 2] !== UPPER_L) return false
    const next = text[at + 3]
    if (next !== undefined && ENDS_ATOM[next] === 0) return false
    this.#count()
    this.#at = at + 3
    return true
  }

  #enter(): void {
    this.#count()
    this.#depth++
    if (this.#depth <= this.#limits.maxNesting) return
    throw new Unreadable(`lists lie in lists deeper than ${this.#limits.maxNesting}`)
  }

  #stringOrNothing(): Uint8Array | undefined {
    if (this.isAt('"')) return this.#quoted()
    const literal = this.literal()
    if (literal === undefined) return undefined
    if (literal.octets !== undefined) return literal.octets
    throw new Unreadable(`a literal of ${literal.octetCount} octets is above the limit`)
  }

  #quoted(): Uint8Array {
    const from = this.#at + 1
    const escapes = this.#passQuoted()
    const octets = this.#text.subarray(from, this.#at - 1)
    return escapes === 0 ? octets : unescape(octets, escapes)
  }

  #quotedWords(): string {
    const from = this.#at + 1
    const escapes = this.#passQuoted()
    const to = this.#at - 1
    if (escapes === 0 && this.#areCharacters()) return this.#words(from, to)
    const octets = this.#text.subarray(from, to)
    return this.#textOf(escapes === 0 ? octets : unescape(octets, escapes))
  }

  /**
   * Goes past a string in quotes. RFC 9051 §4.3: a backslash takes the meaning from the quote or backslash after it.
   *
   * @returns how many backslashes do.
   */
  #passQuoted(): number {
    this.#count()
    const text = this.#text
    let escapes = 0
    let at = this.#at + 1
    for (; at < text.length; at++) {
      const octet = text[at]
      if (octet === QUOTE) break
      if (octet !== BACKSLASH) continue
      escapes++
      at++
    }
    if (at >= text.length) throw new Unreadable('a quoted string has no end')
    this.#at = at + 1
    return escapes
  }

  #goToText(index: number): void {
    this.#index = index
    this.#text = this.#texts[index] ?? NO_OCTETS
    this.#characters = undefined
    this.#areCharactersKnown = false
  }

  #areCharacters(): boolean {
    if (!this.#areCharactersKnown) {
      this.#areCharactersKnown = true
      if (this.#text.length <= MAX_CHARACTERS) this.#characters = asciiOf(this.#text)
    }
    return this.#characters !== undefined
  }

  #words(from: number, to: number): string {
    if (this.#areCharacters()) return this.#characters?.slice(from, to) ?? ''
    return wordOf(this.#text, from, to)
  }

  #textOf(octets: Uint8Array): string {
    const ascii = asciiOf(octets)
    if (ascii !== undefined) return ascii
    const text = textOf(octets)
    this.#octetsOfTexts ??= new Map()
    this.#octetsOfTexts.set(text, octets)
    return text
  }

  #count(): void {
    const { maxTokens } = this.#limits
    if (++this.#tokens <= maxTokens) return
    const facts = { limit: maxTokens, value: this.#tokens, option: 'limits.maxTokens' }
    throw new LimitExceeded({ what: 'the words of a response', ...facts })
  }
}

/** What a word or a list of JavaScript weighs beside its content, roughly. */
const WORD_OCTETS = 40

/** Of a longer text, as the numbers that a search has found, few words are ever asked for. */
const MAX_CHARACTERS = 65_536

const NO_TEXTS: ReadonlyMap<string, Uint8Array> = new Map()

/** A place in a response. */
export interface ReaderMark {
  readonly index: number
  readonly at: number
  readonly depth: number
}

/** 2^63 has nineteen: the largest number that any response has (RFC 9051 §9, `number64`). */
const MAX_DIGITS = 19
