import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'

import { FIRST_EPOCH } from '../../../src/plan/epoch.ts'
import { toMessageNo } from '../../../src/plan/message-no.ts'
import { readMessage, verifyMessage } from '../../../src/session/message-reader.ts'
import { writeMessageFile } from '../../session/write-message-file.ts'
import { PLAN, PreparedDatabase } from './prepared-database.ts'

const COLUMNS = ['INTEGER', 'REAL', 'TEXT', 'BLOB', 'NUMERIC', 'DATE', '']

const SCHEMA = `CREATE TABLE v (id INTEGER PRIMARY KEY, ${COLUMNS.map((type, index) => `c${index} ${type}`).join(', ')});
  CREATE TABLE s (id INTEGER PRIMARY KEY, i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT;
  CREATE TABLE k (k PRIMARY KEY, t TEXT COLLATE NOCASE)`

const VALUES = [
  { name: 'NULL', sql: 'NULL' },
  { name: 'zero', sql: '0' },
  { name: 'a whole number as floating point', sql: '5.0' },
  { name: 'a whole number', sql: '5' },
  { name: 'a fraction', sql: '0.1' },
  { name: 'a fraction of many digits', sql: '3.141592653589793' },
  { name: 'the largest number of 64 bits', sql: '9223372036854775807' },
  { name: 'the smallest number of 64 bits', sql: '-9223372036854775808' },
  { name: '2^53', sql: '9007199254740992' },
  { name: '2^53 + 1', sql: '9007199254740993' },
  { name: '2^53 as floating point', sql: '9007199254740992.0' },
  { name: '-(2^53 + 1)', sql: '-9007199254740993' },
  { name: 'more than 64 bits hold', sql: '1e19' },
  { name: 'the largest floating point number', sql: '1.7976931348623157e308' },
  { name: 'the smallest one', sql: '5e-324' },
  { name: 'infinity', sql: '9e999' },
  { name: 'negative infinity', sql: '-9e999' },
  { name: 'not a number, which SQLite takes for NULL', sql: '9e999 - 9e999' },
  { name: 'negative zero', sql: '-1 * 0.0' },
  { name: 'an empty text', sql: `''` },
  { name: 'digits as a text', sql: `'007'` },
  { name: 'a text that looks like a marked value', sql: `'{"i":"5"}'` },
  { name: 'a text with NUL', sql: `'a' || char(0) || 'b'` },
  { name: 'a text with an emoji and line ends', sql: `'📦' || char(13, 10) || '\u2028 "\\'` },
  { name: 'a text with a byte order mark', sql: `char(0xFEFF) || 'x'` },
  { name: 'no octets', sql: `x''` },
  { name: 'octets', sql: `x'00ff80'` },
  { name: 'many octets', sql: 'zeroblob(100000)' },
]

/** Every value of the database in words that tell -0.0 from 0.0 and 5 from 5.0. */
function dump(node: PreparedDatabase): unknown[] {
  const columns = COLUMNS.map((_, index) => `c${index}`)
  const exact = (column: string): string =>
    `typeof(${column}), CASE WHEN typeof(${column}) = 'real' THEN printf('%!.17g', ${column}) ELSE hex(${column}) END`
  return [
    node.rows(`SELECT id, ${columns.map(exact).join(', ')} FROM v ORDER BY id`),
    node.rows(`SELECT id, ${['i', 'r', 't', 'b', 'a'].map(exact).join(', ')} FROM s ORDER BY id`),
    node.rows(`SELECT ${exact('k')}, ${exact('t')} FROM k ORDER BY k, typeof(k)`),
  ]
}

/** Everything that one database has, in a message's file, to the other one. */
async function send(t: TestContext, from: PreparedDatabase, to: PreparedDatabase): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'message')
  const throughSeq = await from.fold()
  const forNode = parseNodeCode('С01')
  const header = {
    plan: PLAN.name,
    from: PLAN.thisNode,
    to: forNode,
    epoch: FIRST_EPOCH,
    messageNo: toMessageNo(1),
    uuid: 'a',
    baseNo: toMessageNo(0),
    predecessors: [],
    writtenAt: 1,
  }
  const batches = from.store.readChanges({ forNode, afterSeq: 0, throughSeq })
  await writeMessageFile(path, { header, batches }, { limitOctets: 1e9, leavesOwnOut: false })
  const message = await verifyMessage(path)
  await to.store.transaction(async (transaction) => {
    const applier = await transaction.beginApplying({
      code: PLAN.thisNode,
      acknowledgedSeq: 0,
      nowMs: 1,
    })
    for await (const piece of readMessage(message)) {
      if ('kind' in piece) await applier.beginTable(piece)
      else await applier.applyRows(piece)
    }
    await applier.finish()
  })
}

describe('a value', () => {
  for (const { name, sql } of VALUES) {
    it(`arrives exactly as it was in a column of any type: ${name}`, async (t) => {
      const office = new PreparedDatabase(SCHEMA)
      const shop = new PreparedDatabase(SCHEMA, {
        plan: { ...PLAN, thisNode: parseNodeCode('С01') },
      })
      office.sql(`INSERT INTO v VALUES (1, ${COLUMNS.map(() => sql).join(', ')})`)
      office.sql(`INSERT INTO s (id, a) VALUES (1, ${sql})`)
      office.sql(`INSERT INTO k SELECT v, v FROM (SELECT ${sql} AS v) WHERE v IS NOT NULL`)
      for (const column of ['i', 'r', 't', 'b']) {
        office.sql(`INSERT OR IGNORE INTO s (id, ${column})
          SELECT 10 + ${column.codePointAt(0) ?? 0}, value FROM (SELECT ${sql} AS value)
           WHERE typeof(value) = '${{ i: 'integer', r: 'real', t: 'text', b: 'blob' }[column] ?? ''}'`)
      }

      await send(t, office, shop)

      assert.deepEqual(dump(shop), dump(office))
      assert.deepEqual(await shop.store.checksums(), await office.store.checksums())
      assert.deepEqual(await shop.store.refusedRows(), [])
    })
  }
})
