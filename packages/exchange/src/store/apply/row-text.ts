/** Rows as readable JSON, in the form of the message body: for records, and to tell whether two rows are the same. */
import type { RowLine, TableLine } from '../../message/body-lines.ts'
import { encodeValue, type Value } from '../../message/values.ts'
import { base64 } from '../../platform/base64.ts'

export function formatValues(line: TableLine, values: readonly Value[]): string {
  const encoded = values.map((value, index) =>
    encodeValue(value, line.columns[index]?.type ?? 'text', base64),
  )
  return JSON.stringify(encoded)
}

export function formatKey(line: TableLine, row: RowLine): string {
  return formatValues(line, row.values.slice(0, line.keyLength))
}

/** The sender's values; `undefined` for a row that is gone there. */
export function formatRow(line: TableLine, row: RowLine): string | undefined {
  return row.kind === 'row' ? formatValues(line, row.values) : undefined
}
