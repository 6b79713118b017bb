import { IllegalArgumentException } from './exception.ts'

/** Which letters are meant: all, those with these indexes, or those from one index to another. */
export type ChosenLetters =
  [] | [indexes: readonly number[]] | [startIndex: number, endIndex: number]

/**
 * The indexes that are meant, as they were given.
 *
 * @param count how many letters there are.
 * @throws IllegalArgumentException when there is no letter of an index. A range that ends right before its start is empty.
 */
export function chosenIndexes(chosen: ChosenLetters, count: number): readonly number[] {
  const [first, end] = chosen
  if (first === undefined) return range(0, count - 1)
  if (typeof first !== 'number') {
    for (const index of first) requireIndex(index, count)
    return first
  }
  const last = end ?? first
  const isEmpty = Number.isSafeInteger(first) && last === first - 1 && first >= 0 && first <= count
  if (isEmpty) return []
  requireIndex(first, count)
  requireIndex(last, count)
  if (last < first) {
    throw new IllegalArgumentException(`letters from ${first} to ${last} are none`)
  }
  return range(first, last)
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}

function requireIndex(index: number, count: number): void {
  if (Number.isSafeInteger(index) && index >= 0 && index < count) return
  const there = count === 0 ? 'there are no letters' : `they are from 0 to ${count - 1}`
  throw new IllegalArgumentException(`there is no letter with the index ${index}: ${there}`)
}
