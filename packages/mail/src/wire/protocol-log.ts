import { conceal } from '../base/conceal.ts'
import { concatOctets, copyOctets, NO_OCTETS, readingsOf, textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'

const LF = 0x0a

/** Takes the lines of a conversation: `C: EHLO shop-1`, `S: 250 …`. Lines are escaped, short and without secrets. What it throws is ignored. */
export type ProtocolLog = (line: string) => void

/**
 * What one side says without the other answering is content after so many lines, and is not shown. Enough for any greeting, list of
 * capabilities or group of commands, and for the header section of a letter.
 */
const MAX_LINES_IN_A_ROW = 40

/** More of one line than is ever shown need not be kept while its end is awaited. */
const MAX_KEPT_OCTETS = 1024

/** A challenge of SASL: `334 …` of SMTP, `+ …` of POP3 and IMAP. */
const CHALLENGE = /^(334[ -]|\+ ).+$/s

type Side = 'C' | 'S'

/** How a secret that is sent is kept out of the log. */
export interface Concealment {
  /** What is shown instead of the octets. */
  readonly logAs?: string | undefined
  /** What is not shown from now on: the secret itself and its encoded forms. */
  readonly secrets?: readonly string[] | undefined
}

/**
 * Writes what is sent and received to a {@link ProtocolLog}: line by line, however the network cuts it; content
 * abbreviated to its beginning and its size; secrets replaced, also where a server repeats them or their beginning.
 */
export class ProtocolLogger {
  readonly #log: ProtocolLog
  /** The words of secrets that were sent, since servers repeat what they don't understand. */
  readonly #secrets = new Set<string>()
  #side: Side = 'C'
  /** What was sent last was a secret, so a challenge now is the answer to one. */
  #answersSecret = false
  #linesInARow = 0
  #unfinished: Uint8Array = NO_OCTETS
  /** The end of the line was not kept. */
  #isCut = false
  #octetsNotShown = 0

  constructor(log: ProtocolLog) {
    this.#log = log
  }

  sent(octets: Uint8Array, { logAs, secrets = [] }: Concealment = {}): void {
    this.#answersSecret = logAs !== undefined
    if (logAs === undefined) {
      this.#add('C', octets)
      return
    }
    this.#flush()
    this.#remember(octets, logAs)
    for (const secret of secrets) this.#addSecret(secret)
    this.#write(`C: ${escapePeerWords(logAs)}`)
  }

  received(octets: Uint8Array): void {
    this.#add('S', octets)
  }

  /** Writes what is still unfinished, for the end of the conversation. */
  end(): void {
    this.#flush()
  }

  #add(side: Side, octets: Uint8Array): void {
    if (side !== this.#side) {
      this.#flush()
      this.#side = side
    }
    let from = 0
    while (from < octets.length) {
      if (this.#linesInARow >= MAX_LINES_IN_A_ROW) {
        this.#octetsNotShown += octets.length - from
        return
      }
      const lineFeed = octets.indexOf(LF, from)
      const to = lineFeed === -1 ? octets.length : lineFeed + 1
      this.#keep(octets.subarray(from, to))
      if (lineFeed !== -1) this.#writeLine()
      // What is sent may be lent, and its array used again.
      else this.#unfinished = copyOctets(this.#unfinished)
      from = to
    }
  }

  #keep(octets: Uint8Array): void {
    const room = Math.max(0, MAX_KEPT_OCTETS - this.#unfinished.length)
    const kept = octets.subarray(0, room)
    this.#isCut ||= kept.length < octets.length
    this.#unfinished = this.#unfinished.length === 0 ? kept : concatOctets([this.#unfinished, kept])
  }

  #writeLine(): void {
    const octets = this.#isCut ? withoutLastCharacter(this.#unfinished) : this.#unfinished
    const line = this.#shown(textOf(octets).replace(/\r?\n$/, ''))
    const shown = this.#isCut ? this.#withoutCutSecret(line) : line
    this.#unfinished = NO_OCTETS
    this.#isCut = false
    this.#linesInARow++
    this.#write(`${this.#side}: ${escapePeerWords(shown)}`)
  }

  #flush(): void {
    if (this.#unfinished.length > 0) this.#writeLine()
    if (this.#octetsNotShown > 0) {
      this.#write(`${this.#side}: … ${this.#octetsNotShown} octets not shown`)
    }
    this.#linesInARow = 0
    this.#octetsNotShown = 0
  }

  /** What becomes of a letter must not depend on who watches: a log that throws is as one that does not listen. */
  #write(line: string): void {
    try {
      this.#log(line)
    } catch {
      // The line is lost, and the next one may be written again.
    }
  }

  /** The secret words are those that the replacement does not have. */
  #remember(octets: Uint8Array, logAs: string): void {
    const shown = new Set(logAs.split(/\s+/))
    for (const word of textOf(octets).split(/\s+/)) {
      if (!shown.has(word)) this.#addSecret(word)
    }
  }

  #addSecret(secret: string): void {
    for (const reading of readingsOf(secret)) this.#secrets.add(reading)
  }

  /** The end of a line that was cut may be the beginning of a secret, which is then not to be found as a whole. */
  #withoutCutSecret(line: string): string {
    const cut = Math.max(0, ...Array.from(this.#secrets, (secret) => beginningAtEnd(secret, line)))
    return `${line.slice(0, line.length - cut)}…`
  }

  /** With the proofs of both sides of SCRAM or DIGEST-MD5 at hand, passwords can be tried one after the other. */
  #shown(line: string): string {
    const conceals = this.#side === 'S' && this.#answersSecret
    return conceal(conceals ? line.replace(CHALLENGE, '$1********') : line, this.#secrets)
  }
}

/** How much of a text, from its beginning, is the end of a line. */
function beginningAtEnd(text: string, line: string): number {
  let length = Math.min(text.length, line.length)
  while (!line.endsWith(text.slice(0, length))) length--
  return length
}

/** What was cut in the middle of a character is no UTF-8. */
function withoutLastCharacter(octets: Uint8Array): Uint8Array {
  let end = octets.length - 1
  while (end > 0 && ((octets[end] ?? 0) & 0xc0) === 0x80) end--
  return octets.subarray(0, end)
}
