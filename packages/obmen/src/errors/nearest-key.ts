/** A misspelling has at most so many mistakes; with more, another word was meant. */
const MAX_MISTAKES = 3

/**
 * The known word that somebody most likely meant, or `undefined` when none is near. Case, hyphens and underscores
 * don't count: `messagesize` and `message_size` are `messageSize`.
 */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const plain = simplify(word)
  let nearest: string | undefined
  let fewest = Math.min(MAX_MISTAKES, Math.floor(plain.length / 2)) + 1
  for (const candidate of known) {
    const mistakes = countMistakes(plain, simplify(candidate))
    if (mistakes < fewest) {
      nearest = candidate
      fewest = mistakes
    }
  }
  return nearest
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Letters to be inserted, removed, replaced or swapped with their neighbour (optimal string alignment). */
function countMistakes(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      current.push(
        Math.min(
          at(last, j) + 1,
          at(current, j - 1) + 1,
          at(last, j - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
