import { LimitExceeded } from '../base/limit-exceeded.ts'
import { concatOctets, NO_OCTETS } from '../base/octets.ts'
import { LineBuffer } from '../wire/line-buffer.ts'
import { literalAt } from './framing.ts'
import type { FramedResponse, Literal } from './framing.ts'

/** RFC 7162 §4 asks a server to take 8,192 octets; searches with many numbers are longer. */
const LINE_OCTETS_MAX = 65_536
/** A command has one for each text it gives. */
const LITERALS_MAX = 100

/** What a server finds when it looks for the next command of a client. */
export type ReceivedImapCommand =
  /** Nothing is complete yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: FramedResponse }
  /** The client waits to be told to send a literal. */
  | { readonly kind: 'literal' }
  /** A literal that nobody wants, announced by this text. The client waits to hear so, and nothing of the command follows. */
  | { readonly kind: 'refused-literal'; readonly text: Uint8Array }
  /** Where the next command begins can't be known, so the dialog is over. */
  | { readonly kind: 'too-long' }

/** Cuts what a client sends into commands (RFC 9051 §2.2.1, RFC 7888). The cost is linear in the octets, however the network cuts them. */
export class CommandFramer {
  readonly #buffer = new LineBuffer({ maxLineOctets: LINE_OCTETS_MAX, option: 'maxLineOctets' })
  readonly #maxLiteralOctets: number
  #texts: Uint8Array[] = []
  #literals: Literal[] = []
  #pieces: Uint8Array[] = []
  /** How much of a literal is to come; `undefined` between literals. */
  #missing: number | undefined

  constructor(maxLiteralOctets: number) {
    this.#maxLiteralOctets = maxLiteralOctets
  }

  /** Whether everything that has come was taken. */
  get isEmpty(): boolean {
    return this.#buffer.isEmpty && this.#texts.length === 0
  }

  push(octets: Uint8Array): void {
    this.#buffer.push(octets)
  }

  take(): ReceivedImapCommand {
    for (;;) {
      if (this.#missing !== undefined && !this.#takeLiteral(this.#missing)) return { kind: 'none' }
      const line = this.#takeLine()
      if (line === 'too-long') return { kind: 'too-long' }
      if (line === undefined) return { kind: 'none' }
      const announced = literalAt(line)
      if (announced === undefined) {
        this.#texts.push(line)
        return { kind: 'command', command: this.#takeCommand() }
      }
      const { at, octetCount, isSynchronizing } = announced
      const isWelcome = octetCount <= this.#maxLiteralOctets && this.#literals.length < LITERALS_MAX
      if (!isWelcome && !isSynchronizing) return { kind: 'too-long' }
      this.#texts.push(line.subarray(0, at))
      if (!isWelcome) {
        const [text = NO_OCTETS] = this.#takeCommand().texts
        return { kind: 'refused-literal', text }
      }
      this.#missing = octetCount
      if (isSynchronizing) return { kind: 'literal' }
    }
  }

  #takeLine(): Uint8Array | 'too-long' | undefined {
    try {
      return this.#buffer.takeLine()
    } catch (error) {
      if (error instanceof LimitExceeded) return 'too-long'
      throw error
    }
  }

  /** Whether the literal is whole now. */
  #takeLiteral(missing: number): boolean {
    const octets = this.#buffer.takeOctets() ?? NO_OCTETS
    const taken = octets.subarray(0, missing)
    if (taken.length > 0) this.#pieces.push(taken)
    if (taken.length < missing) {
      this.#missing = missing - taken.length
      return false
    }
    if (taken.length < octets.length) this.#buffer.push(octets.subarray(taken.length))
    const whole = concatOctets(this.#pieces)
    this.#literals.push({ octetCount: whole.length, octets: whole, fate: 'kept' })
    this.#missing = undefined
    this.#pieces = []
    return true
  }

  #takeCommand(): FramedResponse {
    const command = { texts: this.#texts, literals: this.#literals }
    this.#texts = []
    this.#literals = []
    return command
  }
}
