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
  const lines = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map((_, index) => {
    return Math.max(...lines.map((cells) => widthOf(cells[index] ?? '')))
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
    .map(([name, value]) => `${name}${' '.repeat(width - widthOf(name))}${GAP}${value}\n`)
    .join('')
}

const segmenter = new Intl.Segmenter()

/** Characters as a person counts them: `й` is one, composed or not. */
function widthOf(text: string): number {
  return [...segmenter.segment(text)].length
}
