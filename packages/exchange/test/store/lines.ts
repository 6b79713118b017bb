/** Rows that a store gives as lines of a message, and what they say. */
import assert from 'node:assert/strict'

import { type ChangeBatch, type ChangeStore, parseNodeCode } from '@obmen/exchange'

import { BodyLineReader } from '../../src/message/body-line-reader.ts'
import { formatTableLine } from '../../src/message/body-lines.ts'
import { base64 } from '../../src/platform/base64.ts'

interface LinesRequest {
  readonly afterSeq?: number
  readonly throughSeq?: number
  readonly keepsOwn?: boolean
  /** Octets of lines that there is room for. */
  readonly room?: number
}

/** What `С01` is offered, as lines where they are to be had. */
export async function readLines(
  store: ChangeStore,
  {
    afterSeq = 0,
    throughSeq = Number.MAX_SAFE_INTEGER,
    keepsOwn = false,
    room = Number.POSITIVE_INFINITY,
  }: LinesRequest = {},
): Promise<ChangeBatch[]> {
  const forNode = parseNodeCode('С01')
  const request = { forNode, afterSeq, throughSeq, keepsOwn, roomForLines: () => room }
  const batches: ChangeBatch[] = []
  for await (const batch of store.readChanges(request)) batches.push(batch)
  return batches
}

/** The rows of batches as their receiver reads them, each with its table. */
export function rowsOf(batches: readonly ChangeBatch[]): unknown[] {
  return batches.flatMap(({ table, changes, lines }) => {
    if (lines === undefined) return changes.map((change) => [table.table, change.row])
    const reader = new BodyLineReader(base64)
    reader.beginPart()
    reader.read(formatTableLine(table))
    const text = Buffer.from(lines.octets).toString()
    assert.equal(text.endsWith('\n'), true)
    const rows = reader.readRows(text.slice(0, -1))
    assert.equal(rows.length, lines.rowCount)
    return rows.map((row) => [table.table, row])
  })
}

export function countRows(batches: readonly ChangeBatch[], form: 'lines' | 'rows'): number {
  const count = ({ changes, lines }: ChangeBatch): number =>
    form === 'rows' ? changes.length : (lines?.rowCount ?? 0)
  return batches.reduce((sum, batch) => sum + count(batch), 0)
}
