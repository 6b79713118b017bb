/** What the profiles of stringprep (RFC 3454) have in common: looking into tables, and the check of directions. */

import { LEFT_TO_RIGHT, RIGHT_TO_LEFT } from './stringprep-tables.ts'

/** First and last code point of each range of a table, in ascending order. */
export type Ranges = readonly (readonly [first: number, last: number])[]

const rightToLeft = parseTable(RIGHT_TO_LEFT)
const leftToRight = parseTable(LEFT_TO_RIGHT)

/** RFC 3454 §6: with a right-to-left character there is none from left to right, and it stands first and last. */
export function isBidirectionallySound(text: string): boolean {
  if (!hasAny(text, rightToLeft)) return true
  if (hasAny(text, leftToRight)) return false
  const characters = Array.from(text)
  return [characters.at(0), characters.at(-1)].every((character) =>
    isIn(rightToLeft, character?.codePointAt(0) ?? 0),
  )
}

/** Whether a character of the text stands in the table. */
export function hasAny(text: string, ranges: Ranges): boolean {
  return Array.from(text).some((character) => isIn(ranges, character.codePointAt(0) ?? 0))
}

export function isIn(ranges: Ranges, codePoint: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [first, last] = ranges[middle] ?? [0, 0]
    if (codePoint < first) high = middle - 1
    else if (codePoint > last) low = middle + 1
    else return true
  }
  return false
}

/** Reads a table as `stringprep-tables.ts` has it. */
export function parseTable(table: string): Ranges {
  return table
    .trim()
    .split(/\s+/)
    .map((range) => {
      const [first = '', last = first] = range.split('-')
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const
    })
}
