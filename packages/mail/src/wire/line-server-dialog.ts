import { CommandLines } from './command-lines.ts'
import { ServerDialog } from './server-dialog.ts'
import type { ServerDialogOptions } from './server-dialog.ts'

/** RFC 4954 §4, RFC 5034 §4: the longest line a client may send, a response in an AUTH exchange. */
const LINE_OCTETS_MAX = 12_288

/** What is said of a line that can be no command. */
export interface LineRefusals {
  readonly malformed: string
  /** Where the next line begins can't be known, so this ends the dialog. */
  readonly tooLong: string
}

/** The server's side of a protocol whose commands are lines: SMTP and POP3. */
export abstract class LineServerDialog<Own> extends ServerDialog<Own> {
  protected readonly lines: CommandLines = new CommandLines(LINE_OCTETS_MAX)
  readonly #refusals: LineRefusals
  #awaitsLine: ((line: string) => void) | undefined

  constructor(options: ServerDialogOptions, refusals: LineRefusals) {
    super(options)
    this.#refusals = refusals
  }

  /** A line that is a command. */
  protected abstract takeCommand(text: string): void

  /** The next line is none: a response in an authentication exchange. */
  protected awaitLine(take: (line: string) => void): void {
    this.#awaitsLine = take
  }

  protected override push(octets: Uint8Array): void {
    this.lines.push(octets)
  }

  protected override readNext(): boolean {
    const line = this.lines.take()
    switch (line.kind) {
      case 'none':
        return false
      case 'malformed':
        this.refuse(this.#refusals.malformed)
        return true
      case 'too-long':
        this.close(this.#refusals.tooLong)
        return true
      case 'text':
        this.#takeText(line.text)
        return true
    }
  }

  #takeText(text: string): void {
    const awaits = this.#awaitsLine
    this.#awaitsLine = undefined
    if (awaits === undefined) this.takeCommand(text)
    else awaits(text)
  }
}
