import type { ColumnType } from './values.ts'

/**
 * A table of data: in which columns of SQLite, by their affinity, every value of a type is held exactly. A type that is not here is
 * an affinity itself, and goes with no other one: in a column of another affinity 1 becomes "1", or "007" becomes 7.
 */
export const HELD_IN: ReadonlyMap<ColumnType, readonly ColumnType[]> = new Map([
  ['boolean', ['integer', 'numeric']],
  // A text that looks like a number becomes one in a column declared DATE or UUID, which is NUMERIC to SQLite: none of these does.
  ['date', ['text', 'numeric']],
  ['time', ['text', 'numeric']],
  ['timestamp', ['text', 'numeric']],
  ['timestamptz', ['text', 'numeric']],
  ['interval', ['text', 'numeric']],
  ['uuid', ['text', 'numeric']],
  // As a number, 1.50 would lose its scale, and one of thirty digits its last ones; JSON may be nothing but a number.
  ['decimal', ['text']],
  ['json', ['text']],
])

/** Whether every value of a column of one type can be held exactly by a column of the other one, and come back as it was. */
export function doTypesAgree(one: ColumnType, other: ColumnType): boolean {
  if (one === other) return true
  return isHeldIn(one, other) || isHeldIn(other, one)
}

function isHeldIn(type: ColumnType, affinity: ColumnType): boolean {
  return HELD_IN.get(type)?.includes(affinity) ?? false
}
