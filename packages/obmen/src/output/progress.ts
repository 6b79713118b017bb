import type { Io } from './io.ts'

/** Back to the beginning of the line, and clear it. */
const CLEAR = '\r\u001B[K'

/**
 * Tells on standard error what is going on. On a terminal the last line is written again and again; elsewhere (a
 * log, a pipe) only what stays is written, a line each.
 */
export class Progress {
  readonly #io: Io
  #isLineOpen = false

  constructor(io: Io) {
    this.#io = io
  }

  /** Shows what is going on at this moment; the next word replaces it. */
  show(text: string): void {
    if (!this.#io.isTerminal) return
    this.#io.err(CLEAR + text.slice(0, Math.max(0, this.#io.columns - 1)))
    this.#isLineOpen = true
  }

  /** Writes a line that stays. */
  note(text: string): void {
    this.end()
    this.#io.err(`${text}\n`)
  }

  /** Removes what was shown last. */
  end(): void {
    if (this.#isLineOpen) this.#io.err(CLEAR)
    this.#isLineOpen = false
  }
}
