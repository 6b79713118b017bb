/** Conflicts read back from their records. */
import { BodyLineReader } from '../../message/body-line-reader.ts'
import type { TableLine } from '../../message/body-lines.ts'
import { MessageDamaged } from '../../message/errors.ts'
import { isArray } from '../../message/json.ts'
import { decodeValue, type Value } from '../../message/values.ts'
import { base64 } from '../../platform/base64.ts'
import type { Conflict } from '../change-store.ts'

const POLICIES: readonly Conflict['policy'][] = [
  'latest',
  'priority',
  'ours',
  'theirs',
  'ask',
  'function',
  'person',
  'reference',
]

export function parseConflictPolicy(text: string): Conflict['policy'] {
  return POLICIES.find((policy) => policy === text) ?? 'latest'
}

/** The columns of both versions; `undefined` when they are not on record. */
export function parseTableLine(text: string): TableLine | undefined {
  try {
    const line = new BodyLineReader(base64).read(text)
    return line.kind === 'table' ? line : undefined
  } catch (error) {
    if (error instanceof MessageDamaged) return undefined
    throw error
  }
}

/** The values of a version, or of a key; `undefined` when they are not values of these columns. */
export function parseValues(line: TableLine, text: string): readonly Value[] | undefined {
  const encoded: unknown = JSON.parse(text)
  if (!isArray(encoded)) return undefined
  const values = encoded.map((value, index) => {
    return decodeValue(value, line.columns[index]?.type ?? 'text', base64)
  })
  return values.every((value) => value !== undefined) ? values : undefined
}
