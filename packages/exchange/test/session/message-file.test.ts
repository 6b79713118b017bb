import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import type { RowLine } from '../../src/message/body-lines.ts'
import { verifyMessage } from '../../src/session/message-reader.ts'
import { writeBody as writeBodyOf } from '../../src/session/write-body.ts'
import type { Change, ChangeBatch } from '../../src/store/change-store.ts'
import {
  GOODS,
  PRICES,
  HEADER,
  changes,
  makeFolder,
  write,
  readFrames,
  readRows,
  NAMES,
} from './message-samples.ts'

describe('a message file', () => {
  it('gives back its header, its tables and its rows in their order', async (t) => {
    const goods = changes(1, NAMES)
    const prices = changes(5, ['10', '20'])

    const { path, rowCount } = await write(t, [
      { table: GOODS, changes: goods },
      { table: PRICES, changes: prices },
    ])

    const { header } = await verifyMessage(path)
    const rows = await readRows(path)
    assert.deepEqual(header, HEADER)
    assert.equal(rowCount, 6)
    const rowsOf = (list: readonly Change[]): RowLine[] => list.map(({ row }) => row)
    assert.deepEqual(rows, ['goods', ...rowsOf(goods), 'prices', ...rowsOf(prices)])
  })

  it('names a table once for all batches of it that follow one another', async (t) => {
    const { path } = await write(t, [
      { table: GOODS, changes: changes(1, ['a']) },
      { table: GOODS, changes: changes(2, ['b']) },
    ])

    const rows = await readRows(path)

    assert.equal(rows.filter((row) => row === 'goods').length, 1)
  })

  it('without rows is whole', async (t) => {
    const { path, rowCount, lastSeq, hasMore } = await write(t, [])

    const verified = await verifyMessage(path)

    assert.deepEqual([rowCount, lastSeq, hasMore], [0, undefined, false])
    assert.equal(verified.rowCount, 0)
  })

  it('can be read by anybody with zstd and a text editor', async (t) => {
    const { path } = await write(t, [{ table: GOODS, changes: changes(1, ['Чай']) }])

    const lines = readFrames(await readFile(path))
      .join('')
      .split('\n')

    assert.equal(lines[2], '{"table":"goods","key":1,"columns":[["id","integer"],["name","text"]]}')
    assert.equal(lines[3], '["u",1,"ЦБ",1,"Чай"]')
  })
})

describe('a message file that could not be written', () => {
  it('leaves nothing behind', async (t) => {
    const folder = await makeFolder(t)
    async function* failing(): AsyncGenerator<ChangeBatch, void, void> {
      yield await Promise.resolve({ table: GOODS, changes: changes(1, NAMES) })
      throw new Error('the database is gone')
    }
    const at = { name: 'body', path: join(folder, 'body') }

    await assert.rejects(writeBodyOf(at, failing, { limitOctets: 1000, leavesOwnOut: true }))

    assert.deepEqual(await readdir(folder), [])
  })
})

/** What the row of each of {@link NAMES} takes in the file, with its line end. */
const ROW_OCTETS = NAMES.map((name, index) => {
  return Buffer.byteLength(`["u",${index + 1},"ЦБ",${index + 1},${JSON.stringify(name)}]\n`)
})

function octetsOf(count: number): number {
  return ROW_OCTETS.slice(0, count).reduce((sum, octets) => sum + octets, 0)
}

describe('the size bound of a message', () => {
  const cases = [
    { name: 'takes all rows when they fit exactly', limit: octetsOf(4), rows: 4, hasMore: false },
    { name: 'leaves the last one when an octet is missing', limit: octetsOf(4) - 1, rows: 3 },
    { name: 'ends between two batches', limit: octetsOf(2), rows: 2 },
    { name: 'counts octets, not characters', limit: octetsOf(3) - 1, rows: 2 },
    { name: 'lets a row go alone that is larger', limit: 1, rows: 1 },
  ]
  for (const { name, limit, rows, hasMore = true } of cases) {
    it(name, async (t) => {
      const written = await write(
        t,
        [
          { table: GOODS, changes: changes(1, NAMES.slice(0, 2)) },
          { table: GOODS, changes: changes(3, NAMES.slice(2)) },
        ],
        limit,
      )

      assert.deepEqual(
        { rowCount: written.rowCount, lastSeq: written.lastSeq, hasMore: written.hasMore },
        { rowCount: rows, lastSeq: rows * 10, hasMore },
      )
      assert.equal((await verifyMessage(written.path)).rowCount, rows)
    })
  }

  it('keeps a large row out of the message of the rows before it', async (t) => {
    const batch = { table: GOODS, changes: changes(1, ['a', 'x'.repeat(5000), 'b']) }

    const { rowCount, lastSeq, hasMore } = await write(t, [batch], 1000)

    assert.deepEqual([rowCount, lastSeq, hasMore], [1, 10, true])
  })
})
