/** How a column is laid out: words from the left, numbers from the right. */
export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
}

const GAP = '  '

/** A table as text: titles, then a line for each row, columns as wide as they have to be. Ends with a line end. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((cells) => cells.map(printable))]
  const widths = columns.map((_, index) => {
    return lines.reduce((width, cells) => Math.max(width, widthOf(cells[index] ?? '')), 0)
  })
  return lines
    .map((cells) => {
      const padded = columns.map(({ align }, index) => {
        const cell = cells[index] ?? ''
        const fill = ' '.repeat((widths[index] ?? 0) - widthOf(cell))
        return align === 'right' ? fill + cell : cell + fill
      })
      return `${padded.join(GAP).trimEnd()}\n`
    })
    .join('')
}

/** Names and values side by side: `name  value`. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => widthOf(name)))
  return facts
    .map(
      ([name, value]) => `${name}${' '.repeat(width - widthOf(name))}${GAP}${printable(value)}\n`,
    )
    .join('')
}

/** Controls of terminals, ends of lines, and what turns the direction of a text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Names, values and reasons come from databases, also from those of others: they neither break a line nor steer a terminal. */
function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => {
    return `\\u{${character.charCodeAt(0).toString(16)}}`
  })
}

const segmenter = new Intl.Segmenter()

/** Characters as a person counts them: `й` is one, composed or not. */
function widthOf(text: string): number {
  return [...segmenter.segment(text)].length
}
