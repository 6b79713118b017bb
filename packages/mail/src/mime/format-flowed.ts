/** Paragraphs in plain text (RFC 3676, format=flowed): which line ends are the writer's, and which are only those of the lines of mail. */

import type { ContentType } from './content-type.ts'

/** A paragraph, or a line that stands by itself. */
export interface TextLine {
  /** How many times it is quoted: the `>` that stood before it. 0 where the text is not flowed, because what `>` means there nobody says. */
  readonly quoteDepth: number
  /** Without its line end, and, where the text is flowed, without the `>` before it. */
  readonly text: string
}

/** RFC 3676 §4.3: it ends in a space, and is no part of a paragraph all the same. */
const SIGNATURE_SEPARATOR = '-- '

/**
 * Divides a plain text into what its writer wrote as one line. Where its content type says `format=flowed`, lines that end in a space are joined with the next
 * one of the same quote depth, with that space, or, if it says `delsp=yes`, without it; spaces put before a line for protection are taken off. Any
 * other text is divided at its line ends alone. Time is in proportion to its length.
 *
 * @param text decoded, as it came: lines end in CRLF or LF.
 *
 * @example
 * ```ts
 * import { parseContentType, readTextLines } from '@obmen/mail/mime'
 *
 * const type = parseContentType('text/plain; format=flowed')
 * for (const { quoteDepth, text } of readTextLines('> one \r\n> two\r\nthree\r\n', type)) {
 *   console.log('> '.repeat(quoteDepth) + text)
 * }
 * // > one two
 * // three
 * ```
 */
export function readTextLines(text: string, { parameters }: ContentType): readonly TextLine[] {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  if (parameters.get('format')?.toLowerCase() !== 'flowed') {
    return lines.map((line) => ({ quoteDepth: 0, text: line }))
  }
  const paragraphs = new Paragraphs({
    dropsSpaces: parameters.get('delsp')?.toLowerCase() === 'yes',
  })
  for (const line of lines) paragraphs.add(line)
  return paragraphs.end()
}

/** Joins the lines of paragraphs. */
class Paragraphs {
  readonly #dropsSpaces: boolean
  readonly #finished: TextLine[] = []
  /** The lines of a paragraph that may go on. */
  #open: string[] = []
  #quoteDepth = 0

  constructor(options: { readonly dropsSpaces: boolean }) {
    this.#dropsSpaces = options.dropsSpaces
  }

  add(line: string): void {
    let quoteDepth = 0
    while (line[quoteDepth] === '>') quoteDepth++
    const start = line[quoteDepth] === ' ' ? quoteDepth + 1 : quoteDepth
    const text = line.slice(start)
    const isSignature = text === SIGNATURE_SEPARATOR
    // RFC 3676 §4.5: the depth is right where the two contradict each other.
    if (quoteDepth !== this.#quoteDepth || isSignature) this.#finish()
    this.#quoteDepth = quoteDepth
    const isFlowed = text.endsWith(' ') && !isSignature
    this.#open.push(isFlowed && this.#dropsSpaces ? text.slice(0, -1) : text)
    if (!isFlowed) this.#finish()
  }

  end(): readonly TextLine[] {
    this.#finish()
    return this.#finished
  }

  #finish(): void {
    if (this.#open.length === 0) return
    this.#finished.push({ quoteDepth: this.#quoteDepth, text: this.#open.join('') })
    this.#open = []
  }
}
