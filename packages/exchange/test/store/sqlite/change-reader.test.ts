import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode } from '@obmen/exchange'
import { TextNotUtf8 } from '@obmen/exchange/errors'

import { changesOf, PreparedDatabase, readBatches } from './prepared-database.ts'

const GOODS = 'CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)'
const FIRST_THOUSAND =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)'

describe('the changes for a node', () => {
  it('come in order from thirty tables whose rows changed by turns', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `t${index}`)
    const node = new PreparedDatabase(
      names.map((name) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY);`).join(''),
    )
    for (let turn = 1; turn <= 5; turn += 1) {
      node.sql(names.map((name) => `INSERT INTO ${name} VALUES (${turn});`).join(''))
      await node.fold()
    }

    const batches = await readBatches(node.store, { afterSeq: 0, throughSeq: 150 })

    const positions = changesOf(batches).map(({ seq }) => seq)
    assert.deepEqual(
      positions,
      Array.from({ length: 150 }, (_, index) => index + 1),
    )
    assert.equal(new Set(batches.map(({ table }) => table.table)).size, 30)
  })

  it('leave no transaction open when the reader stops early', async () => {
    const node = new PreparedDatabase(`${GOODS}; CREATE TABLE other (id INTEGER PRIMARY KEY)`)
    node.sql(`${FIRST_THOUSAND} INSERT INTO goods SELECT i, 'x' FROM n`)
    node.sql('INSERT INTO other VALUES (1)')
    await node.fold()
    const range = { forNode: parseNodeCode('С01'), afterSeq: 0, throughSeq: 1201 }

    let read = 0
    for await (const { changes } of node.store.readChanges(range)) {
      read += changes.length
      break
    }

    assert.equal(read > 0 && read < 1201, true)
    assert.equal(node.database.isTransaction, false)
    assert.equal(changesOf(await readBatches(node.store, range)).length, 1201)
    node.sql('DROP TABLE other')
  })

  it('leave no transaction open when the reader fails', async () => {
    const node = new PreparedDatabase(GOODS)
    node.sql('INSERT INTO goods (id) VALUES (1)')
    await node.fold()
    const range = { forNode: parseNodeCode('С01'), afterSeq: 0, throughSeq: 9 }

    const failing = async (): Promise<void> => {
      for await (const { changes } of node.store.readChanges(range)) {
        throw new Error(`no room for ${changes.length}`)
      }
    }

    await assert.rejects(failing(), /no room for 1/)
    assert.equal(node.database.isTransaction, false)
  })
})

describe('a text that is not valid UTF-8', () => {
  const SCHEMA = 'CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT)'

  it('is not sent as another text', async () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql(`INSERT INTO notes VALUES ('7', CAST(x'cff0e8e2e5f2' AS TEXT))`)

    const [change] = await node.readNew()

    assert.ok(change?.defect instanceof TextNotUtf8)
    const { table, key, column } = change.defect
    assert.deepEqual([table, key, column], ['notes', '7', 'text'])
    node.sql(`UPDATE notes SET text = 'Привет'`)
    assert.deepEqual(await node.newChanges(), ['+ notes "7" "Привет"'])
  })

  it('is not sent as another key, not even when the row is gone', async () => {
    const node = new PreparedDatabase(SCHEMA)
    node.sql(`INSERT INTO notes VALUES (CAST(x'ff' AS TEXT), ''); DELETE FROM notes`)

    const [change] = await node.readNew()

    assert.ok(change?.defect instanceof TextNotUtf8)
  })

  for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
    it(`is not what holds the replacement character rightfully, in ${encoding}`, async () => {
      const node = new PreparedDatabase(`PRAGMA encoding = '${encoding}'; ${SCHEMA}`)
      node.sql(`INSERT INTO notes VALUES ('\u{FFFD}', 'Пр\u{FFFD}вет')`)

      assert.deepEqual(await node.newChanges(), ['+ notes "\u{FFFD}" "Пр\u{FFFD}вет"'])
    })
  }
})
