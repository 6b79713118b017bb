import type { RowLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'

/** Cuts rows into batches in which no key comes twice. Honest messages have each key once, so there is one batch. */
export function* inBatches(
  rows: readonly RowLine[],
  keyLength: number,
): Generator<readonly RowLine[], void, void> {
  if (keyLength === 1 && areInOrder(rows)) {
    if (rows.length > 0) yield rows
    return
  }
  const seen = new Set<Value>()
  let begin = 0
  for (const [index, { values }] of rows.entries()) {
    const key = keyLength === 1 ? toComparable(values[0]) : joinKey(values.slice(0, keyLength))
    if (seen.has(key)) {
      yield rows.slice(begin, index)
      begin = index
      seen.clear()
    }
    seen.add(key)
  }
  if (begin < rows.length) yield begin === 0 ? rows : rows.slice(begin)
}

/** Rows usually come in the order of their keys: to see so takes less than to remember all of them. */
function areInOrder(rows: readonly RowLine[]): boolean {
  let last: Value | undefined
  for (const { values } of rows) {
    const [key] = values
    if (last !== undefined && !isBehind(last, key)) return false
    last = key
  }
  return true
}

function isBehind(last: Value, key: Value | undefined): boolean {
  if (typeof last === 'string') return typeof key === 'string' && last < key
  return typeof last === 'bigint' && typeof key === 'bigint' && last < key
}

function toComparable(value: Value | undefined): Value {
  return value instanceof Uint8Array ? value.join() : (value ?? null)
}

/** A separator that stands in a value can only make two keys look the same: then a batch ends earlier than it had to. */
function joinKey(key: readonly Value[]): string {
  return key.map(toComparable).join('\0')
}
