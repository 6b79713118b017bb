import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'

import fc from 'fast-check'

import { formatRowLine, type TableLine } from '../../src/message/body-lines.ts'
import { base64 } from '../../src/platform/base64.ts'
import { type NodeCode, parseNodeCode } from '../../src/plan/node-code.ts'
import { writeBody } from '../../src/session/write-body.ts'
import type { Change, ChangeBatch } from '../../src/store/change-store.ts'
import { tableLine } from '../store/store-language.ts'

const TABLES = ['goods', 'stock'].map((name) => tableLine(name, 1, { id: 'integer' }))
const NODES = ['С01', 'С02', 'С03'].map((code) => parseNodeCode(code))

interface Story {
  /** From whom each row came, and of which table it is, at the positions 1, 2, 3 … */
  readonly rows: readonly { readonly via: NodeCode | ''; readonly table: number }[]
  readonly ends: readonly number[]
  readonly batchRows: number
  readonly asLines: boolean
  readonly limitRows: number
}

const anySender: fc.Arbitrary<NodeCode | ''> = fc.constantFrom('' as const, ...NODES)

const anyStory: fc.Arbitrary<Story> = fc.record({
  rows: fc.array(fc.record({ via: anySender, table: fc.nat({ max: 1 }) }), {
    maxLength: 20,
  }),
  ends: fc
    .uniqueArray(fc.integer({ min: 1, max: 25 }))
    .map((ends) => ends.toSorted((a, b) => a - b)),
  batchRows: fc.integer({ min: 1, max: 5 }),
  asLines: fc.boolean(),
  limitRows: fc.integer({ min: 1, max: 30 }),
})

it('a body says of each node how many of its rows lie before each end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-told-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const at = { name: 'body', path: join(folder, 'body') }
  await fc.assert(
    fc.asyncProperty(anyStory, async (story) => {
      const limitOctets = story.limitRows * ROW_OCTETS
      const options = { limitOctets, leavesOwnOut: true, ends: story.ends }
      const body = await writeBody(at, (room) => read(story, room), options)
      const count = Math.min(story.limitRows, story.rows.length)
      for (const node of NODES) {
        const own = story.rows.slice(0, count).map(({ via }) => via !== node)
        const expected = story.ends
          .map((throughSeq) => ({
            throughSeq,
            rowCount: own.slice(0, throughSeq).filter(Boolean).length,
          }))
          .filter(({ rowCount }) => rowCount > 0)
        const { rowCount, toldBefore } = await body.piecesFor(node)
        assert.deepEqual(toldBefore, expected)
        assert.equal(rowCount, own.filter(Boolean).length)
      }
      await body.close()
    }),
  )
})

/** Batches of neighbours that are alike and reach over no end, as a store gives them. */
async function* read(
  { rows, ends, batchRows, asLines }: Story,
  room: () => number,
): AsyncGenerator<ChangeBatch, void, void> {
  for (let begin = 0; begin < rows.length;) {
    let end = begin + 1
    while (end < Math.min(begin + batchRows, rows.length) && !ends.includes(end)) {
      if (rows[end]?.via !== rows[begin]?.via || rows[end]?.table !== rows[begin]?.table) break
      end += 1
    }
    yield* batchOf(rows.slice(begin, end), {
      begin,
      asLines: asLines && (end - begin) * ROW_OCTETS <= room(),
    })
    begin = end
  }
}

function* batchOf(
  rows: Story['rows'],
  { begin, asLines }: { readonly begin: number; readonly asLines: boolean },
): Generator<ChangeBatch, void, void> {
  const table = tableOf(rows)
  const changes = rows.map(({ via }, index) => changeAt(begin + index + 1, via))
  if (!asLines) {
    yield { table, changes }
    return
  }
  const text = changes.map(({ row }) => `${formatRowLine(row, table, base64)}\n`).join('')
  const via = rows[0]?.via ?? ''
  const lastSeq = begin + rows.length
  yield {
    table,
    changes: [],
    lines: { via, rowCount: rows.length, lastSeq, octets: Buffer.from(text) },
  }
}

function tableOf([first]: Story['rows']): TableLine {
  const table = TABLES[first?.table ?? 0]
  assert.ok(table)
  return table
}

/** Keys of two digits: all rows are of one length. */
function changeAt(seq: number, via: NodeCode | ''): Change {
  const row = { kind: 'row', stamp: 1, origin: 'ЦБ', values: [BigInt(10 + seq)] } as const
  return { seq, entrySeq: seq, via, row: { ...row, origin: parseNodeCode(row.origin) } }
}

const ROW_OCTETS = Buffer.byteLength('["u",1,"ЦБ",11]\n')
