import type { RowLine, TableLine } from '../../message/body-lines.ts'

/**
 * Takes the columns out of a sender's rows that a rule keeps at home here: whatever the sender has in them, they stay what they
 * are. A key column is never among them.
 */
export class ColumnSieve {
  readonly line: TableLine
  readonly #kept: readonly boolean[] | undefined

  constructor(line: TableLine, leaveOut: ReadonlySet<string>) {
    const kept = line.columns.map(
      ({ name }, index) => index < line.keyLength || !leaveOut.has(name),
    )
    const isWhole = kept.every(Boolean)
    this.line = isWhole
      ? line
      : { ...line, columns: line.columns.filter((_, index) => kept[index] === true) }
    this.#kept = isWhole ? undefined : kept
  }

  pass(rows: readonly RowLine[]): readonly RowLine[] {
    const kept = this.#kept
    if (kept === undefined) return rows
    return rows.map((row) => {
      if (row.kind !== 'row') return row
      return { ...row, values: row.values.filter((_, index) => kept[index] === true) }
    })
  }
}
