import { styleText } from 'node:util'

import type { Io } from '../output/io.ts'
import { formatTable, type TableColumn } from '../output/table.ts'

/** What fits beside another window, and what a tutorial can quote. */
const MAX_WIDTH = 100

const INDENT = '  '

const BAR_WIDTH = 40

type Style = Parameters<typeof styleText>[0]

/** What a person sees of the demo: headings, sentences, commands, SQL, tables, and marks for what was checked. */
export class Screen {
  readonly #io: Io
  readonly #width: number

  constructor(io: Io) {
    this.#io = io
    this.#width = io.isTerminal ? Math.min(io.columns, MAX_WIDTH) : MAX_WIDTH
  }

  title(text: string): void {
    this.#write(`\n${this.#paint('bold', text)}\n`)
  }

  heading(text: string): void {
    this.#write(`\n\n${this.#paint(['bold', 'cyan'], text)}\n${'─'.repeat(text.length)}\n`)
  }

  subheading(text: string): void {
    this.#write(`\n${INDENT}${this.#paint('bold', text)}\n`)
  }

  gap(): void {
    this.#write('\n')
  }

  /** A paragraph, broken into lines. */
  paragraph(text: string): void {
    this.#write(`\n${this.#wrap(text, INDENT)}\n`)
  }

  /** A sentence that continues what stands above it. */
  line(text: string): void {
    this.#write(`${this.#wrap(text, INDENT)}\n`)
  }

  /** A command as it is typed. One that is too long goes on in the next line, as a shell takes it. */
  command(text: string): void {
    const words = text.split(/ (?=--)/)
    const isShort = text.length + 4 <= this.#width
    const lines = isShort ? [text] : [`${words.slice(0, 2).join(' ')}`, ...words.slice(2)]
    this.#write(`\n${this.#paint('bold', `${INDENT}$ ${lines.join(` \\\n${INDENT}    `)}`)}\n`)
  }

  /** What a program writes into a database. */
  sql(where: string, statements: readonly string[]): void {
    this.#write('\n')
    for (const statement of statements) {
      const [first = '', ...others] = statement.split('\n')
      const gap = ' '.repeat(where.length + 4)
      this.#write(`${INDENT}${this.#paint('bold', `${where} >`)} ${this.#paint('yellow', first)}\n`)
      for (const other of others) this.#write(`${gap} ${this.#paint('yellow', other)}\n`)
    }
  }

  /** A line that a command has written. */
  output(text: string): void {
    this.#write(`${this.#paint('dim', this.#wrap(text, `${INDENT}${INDENT}`))}\n`)
  }

  /** What a command shows and takes back: how far it is. Only on a terminal. */
  progress(text: string): void {
    if (this.#io.isTerminal) this.#io.err(text)
  }

  /** How much of the whole is there, as a bar: `share` from 0 to 1. */
  bar(name: string, { share, text }: { readonly share: number; readonly text: string }): void {
    const full = Math.round(Math.min(share, 1) * BAR_WIDTH)
    const bar = this.#paint('green', '█'.repeat(full)) + '░'.repeat(BAR_WIDTH - full)
    this.#write(`${INDENT}${INDENT}${name.padEnd(4)} ${bar}  ${text}\n`)
  }

  table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): void {
    const [titles = '', ...lines] = formatTable(columns, rows).trimEnd().split('\n')
    this.#write(`\n${INDENT}${this.#paint('underline', titles)}\n`)
    for (const line of lines) this.#write(`${INDENT}${line}\n`)
  }

  /** Something that was checked, and whether it is as it should be. */
  mark(isRight: boolean, text: string): void {
    const sign = isRight ? this.#paint('green', '✓') : this.#paint('red', '✗')
    this.#write(`${this.#wrap(text, `${INDENT}${INDENT}`).replace(/^ {4}/, `${INDENT}${sign} `)}\n`)
  }

  #wrap(text: string, indent: string): string {
    return wrapText(text, this.#width - indent.length)
      .map((line) => indent + line)
      .join('\n')
  }

  /** Colours for a terminal only; `styleText` respects NO_COLOR of the process, and standard output that is no terminal. */
  #paint(style: Style, text: string): string {
    const { isTerminal, env } = this.#io
    const isPlain = !isTerminal || (env['NO_COLOR'] ?? '') !== ''
    return isPlain ? text : styleText(style, text)
  }

  #write(text: string): void {
    this.#io.out(text)
  }
}

/** Breaks a text between words into lines of a width. A word that is longer has a line to itself. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (line !== '' && longer.length > width) {
        lines.push(line)
        line = word
      } else {
        line = longer
      }
    }
    return [...lines, line]
  })
}
