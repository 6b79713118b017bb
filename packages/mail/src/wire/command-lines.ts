import { LimitExceeded } from '../base/limit-exceeded.ts'
import { NO_OCTETS } from '../base/octets.ts'
import { LineBuffer } from './line-buffer.ts'

/** What a server finds when it looks for the next command of a client. */
export type ReceivedCommand =
  /** No line is complete yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** A line that no command can be: control characters, octets that are not UTF-8. */
  | { readonly kind: 'malformed' }
  /** The line has no end within the limit; where the next one begins can't be known, so the dialog is over. */
  | { readonly kind: 'too-long' }

const CONTROL_CHARACTER = /\p{Cc}/u

/** The lines that a client sends, as a server reads them: text, or a reason to refuse. */
export class CommandLines {
  readonly #buffer: LineBuffer
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(maxLineOctets: number) {
    this.#buffer = new LineBuffer({ maxLineOctets, option: 'maxLineOctets' })
  }

  get isEmpty(): boolean {
    return this.#buffer.isEmpty
  }

  push(octets: Uint8Array): void {
    this.#buffer.push(octets)
  }

  take(): ReceivedCommand {
    let line: Uint8Array | undefined
    try {
      line = this.#buffer.takeLine()
    } catch (error) {
      if (error instanceof LimitExceeded) return { kind: 'too-long' }
      throw error
    }
    return line === undefined ? { kind: 'none' } : this.#decode(line)
  }

  /** Everything not taken yet, for content that is not read line by line. */
  takeOctets(): Uint8Array {
    return this.#buffer.takeOctets() ?? NO_OCTETS
  }

  #decode(line: Uint8Array): ReceivedCommand {
    let text: string
    try {
      text = this.#decoder.decode(line)
    } catch {
      return { kind: 'malformed' }
    }
    return CONTROL_CHARACTER.test(text) ? { kind: 'malformed' } : { kind: 'text', text }
  }
}
