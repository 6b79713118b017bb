import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'

import { PreparedDatabase } from './prepared-database.ts'

const GOODS = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT);
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 10000)
  INSERT INTO goods SELECT n, 'goods ' || n FROM numbers`

const EVERYTHING = { throughSeq: Number.MAX_SAFE_INTEGER }

describe('summing a table', () => {
  it('lets others have their turn, and none of what they write is in it', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'trade.db')
    const node = new PreparedDatabase(`PRAGMA journal_mode = WAL; ${GOODS}`, { file })
    const before = await node.store.sumTables(EVERYTHING)
    const other = new DatabaseSync(file)
    let isWritten = false

    const turn = setImmediate(() => {
      other.exec(`UPDATE goods SET name = 'other' WHERE id > 9000`)
      isWritten = true
    })
    const sums = await node.store.sumTables(EVERYTHING)
    clearImmediate(turn)
    other.close()
    node.database.close()

    assert.equal(isWritten, true)
    assert.deepEqual(sums, before)
  })
})
