import { AddressInvalid } from './errors.ts'
import { isAtomCharacter, isDomainLiteralCharacter, isTextCharacter } from './character.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20

/**
 * Reads the tokens of RFC 5322 §3.2 from a header field body or an address typed by a person, one after the other. Every
 * character is looked at a bounded number of times, and nothing recurses, so hostile text costs time in proportion to its length.
 *
 * What it skips is CFWS: white space, folding line ends (a CRLF or LF that white space follows), and comments, nested ones too.
 */
export class TokenReader {
  readonly #text: string
  #at = 0
  #hasSkipped = false

  constructor(text: string) {
    this.#text = text
    this.skipCommentsAndSpace()
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  /** Whether CFWS stood behind what was taken last. */
  get hasSkipped(): boolean {
    return this.#hasSkipped
  }

  /** Whether the next character is this one. */
  sees(character: string): boolean {
    return this.#text[this.#at] === character
  }

  /** Takes this character, and the CFWS behind it, if it is the next one. */
  accept(character: string): boolean {
    if (!this.sees(character)) return false
    this.#at++
    this.skipCommentsAndSpace()
    return true
  }

  /** Takes this character. @throws AddressInvalid when another one is next. */
  expect(character: string): void {
    if (!this.accept(character)) this.fail(`"${character}" is missing`)
  }

  fail(reason: string): never {
    throw new AddressInvalid({ input: this.#text, reason, position: this.#at })
  }

  /** Remembers the place, to come back to with {@link returnTo}. */
  mark(): number {
    return this.#at
  }

  returnTo(mark: number): void {
    this.#at = mark
  }

  /** An atom, or `undefined` when none begins here. The CFWS behind it is skipped. */
  readAtom(): string | undefined {
    const start = this.#at
    while (isAtomCharacter(this.#code())) this.#at++
    if (this.#at === start) return undefined
    const atom = this.#text.slice(start, this.#at)
    this.skipCommentsAndSpace()
    return atom
  }

  /** The content of a quoted string, quoting removed, or `undefined` when none begins here. */
  readQuotedString(): string | undefined {
    if (!this.sees('"')) return undefined
    this.#at++
    let content = ''
    while (!this.sees('"')) {
      if (this.isAtEnd) this.fail('a quoted string is not closed')
      if (this.sees('\\')) this.#at++
      content += this.#readQuotedCharacter()
    }
    this.#at++
    this.skipCommentsAndSpace()
    return content
  }

  /** A domain literal with its brackets, or `undefined` when none begins here. White space in it is dropped. */
  readDomainLiteral(): string | undefined {
    if (!this.sees('[')) return undefined
    this.#at++
    let content = ''
    while (!this.sees(']')) {
      if (this.#skipSpace()) continue
      if (!isDomainLiteralCharacter(this.#code())) this.fail('a domain literal is not well formed')
      content += this.#text[this.#at++]
    }
    this.#at++
    this.skipCommentsAndSpace()
    return `[${content}]`
  }

  skipCommentsAndSpace(): void {
    const start = this.#at
    let depth = 0
    while (!this.isAtEnd) {
      if (this.sees('(')) depth++
      else if (depth > 0 && this.sees(')')) depth--
      else if (depth > 0 && this.sees('\\')) this.#at++
      else if (depth === 0 && !this.#isSpaceHere()) break
      this.#at++
    }
    this.#hasSkipped = this.#at > start
    if (depth > 0) this.fail('a comment is not closed')
  }

  #code(): number {
    return this.#at < this.#text.length ? this.#text.charCodeAt(this.#at) : 0
  }

  #readQuotedCharacter(): string {
    if (this.#isSpaceHere()) {
      // A line end of the folding is not part of the content, the white space behind it is (RFC 5322 §3.2.2).
      const isLineEnd = this.#code() === CR || this.#code() === LF
      this.#at++
      return isLineEnd ? '' : ' '
    }
    if (!isTextCharacter(this.#code())) this.fail('a quoted string holds a control character')
    return this.#text[this.#at++] ?? ''
  }

  #skipSpace(): boolean {
    const start = this.#at
    while (this.#isSpaceHere()) this.#at++
    return this.#at > start
  }

  /** Whether white space is here: a space, a tab, or a line end that folds, which is one that white space follows. */
  #isSpaceHere(): boolean {
    const code = this.#code()
    if (code === SPACE || code === TAB) return true
    if (code !== CR && code !== LF) return false
    const next = this.#text.charCodeAt(this.#at + 1)
    return next === SPACE || next === TAB || (code === CR && next === LF && this.#foldsAfterCrLf())
  }

  #foldsAfterCrLf(): boolean {
    const behind = this.#text.charCodeAt(this.#at + 2)
    return behind === SPACE || behind === TAB
  }
}
