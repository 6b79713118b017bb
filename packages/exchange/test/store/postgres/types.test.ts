import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { HELD_IN } from '../../../src/message/type-agreement.ts'
import { COLUMN_TYPES } from '../../../src/message/values.ts'
import { codecOf } from '../../../src/store/postgres/column-type.ts'
import { Connection } from '../../../src/store/postgres/postgres-database.ts'
import { readUserTables, toTableLine } from '../../../src/store/postgres/user-table.ts'
import { row, type StoreToTry, tableLine } from '../contract/store-to-try.ts'
import { countRows, readLines, rowsOf } from '../lines.ts'
import { PreparedDatabase } from '../sqlite/prepared-database.ts'
import { INEXACT, insertAll, POSTGRES, SQLITE, TYPES } from './type-cases.ts'
import { clear, prepareIn } from './prepared-postgres.ts'
import { readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const otherPool = await server.newDatabase()

/** Everything that one database has to the other one, without a message in between: see mixed-exchange.test.ts for that. */
async function send(from: Reader, to: Writer): Promise<void> {
  const throughSeq = await from.store.transaction((transaction) => transaction.fold())
  for (const { table, changes } of await from.batches({ afterSeq: 0, throughSeq })) {
    await to.apply(
      table,
      changes.map(({ row }) => row),
    )
  }
}

type Reader = Pick<StoreToTry, 'store' | 'batches'>
type Writer = Pick<StoreToTry, 'apply'>

async function dump(query = 'SELECT * FROM v ORDER BY id'): Promise<string[][]> {
  return readRows(pool, query)
}

describe('a value of PostgreSQL', () => {
  it('of any type goes to SQLite and comes back as exactly what it was', async () => {
    const office = await prepareIn(pool, `${POSTGRES}; ${insertAll()}`)
    const shop = new PreparedDatabase(SQLITE)
    await send(office.node, shop)
    assert.deepEqual(await shop.store.refusedRows(), [])
    assert.deepEqual(await shop.store.checksums(), await office.store.checksums())
    const before = await dump()
    // The copy, changed back and forth here so that every row is sent back and written.
    const back = await prepareIn(otherPool, POSTGRES)
    const throughSeq = await shop.fold()
    for await (const { table, changes } of shop.store.readChanges({
      forNode: back.store.plan.thisNode,
      afterSeq: 0,
      throughSeq,
    })) {
      await back.node.apply(
        table,
        changes.map(({ row }) => row),
      )
    }

    assert.deepEqual(await back.store.refusedRows(), [])
    assert.deepEqual(await readRows(otherPool, 'SELECT * FROM v ORDER BY id'), before)
    assert.deepEqual(await back.store.checksums(), await office.store.checksums())
  })

  it('of any type goes to PostgreSQL, with every bit of a number', async () => {
    const numbers = `INSERT INTO v (id, c3, c4) VALUES (1000, 'NaN', 'NaN'), (1001, '-0', '-0')`
    const office = await prepareIn(pool, `${POSTGRES}; ${insertAll()}; ${numbers}`)
    const other = await prepareIn(otherPool, POSTGRES)

    await send(office.node, other.node)

    assert.deepEqual(await other.store.refusedRows(), [])
    assert.deepEqual(await readRows(otherPool, 'SELECT * FROM v ORDER BY id'), await dump())
    assert.deepEqual(await other.store.checksums(), await office.store.checksums())
  })

  it('that SQLite does not have is set aside there', async () => {
    const numbers = `INSERT INTO v (id, c3, c4) VALUES (1, 'NaN', 1), (2, '-0', 1), (3, 5, 5)`
    const office = await prepareIn(pool, `${POSTGRES}; ${numbers}`)
    const shop = new PreparedDatabase(SQLITE)

    await send(office.node, shop)

    assert.deepEqual(
      (await shop.store.refusedRows()).map(({ key, reason }) => [key, reason]),
      [
        ['[1]', 'column "c3" would not keep NaN: SQLite does not have it'],
        ['[2]', 'column "c3" would not keep -0: SQLite does not have it'],
      ],
    )
    assert.deepEqual(shop.rows('SELECT id FROM v'), [[3]])
  })
})

describe('a value of SQLite', () => {
  it('that a column of PostgreSQL does not have or would change is set aside, and the rest of its message is applied', async () => {
    const columns = (type: 'type' | 'sqlite'): string =>
      INEXACT.map((one, index) => `c${index} ${one[type]}`).join(', ')
    const office = await prepareIn(
      pool,
      `${TYPES} CREATE TABLE v (id integer PRIMARY KEY, ${columns('type')})`,
    )
    const shop = new PreparedDatabase(
      `CREATE TABLE v (id INTEGER PRIMARY KEY, ${columns('sqlite')})`,
    )
    shop.sql(
      INEXACT.map(
        ({ value }, index) => `INSERT INTO v (id, c${index}) VALUES (${100 + index}, ${value});`,
      ).join(''),
    )
    shop.sql('INSERT INTO v (id) VALUES (1), (999)')
    const throughSeq = await shop.fold()
    for await (const { table, changes } of shop.store.readChanges({
      forNode: office.store.plan.thisNode,
      afterSeq: 0,
      throughSeq,
    })) {
      await office.node.apply(
        table,
        changes.map(({ row }) => row),
      )
    }

    const refused = await office.store.refusedRows()
    const reasons = new Map(refused.map(({ key, reason }) => [key, reason]))
    for (const [index, { type, value, reason }] of INEXACT.entries()) {
      assert.match(reasons.get(`[${100 + index}]`) ?? 'nothing', reason, `${value} for ${type}`)
    }
    assert.deepEqual(await office.node.rows('SELECT id FROM v ORDER BY id'), [['1'], ['999']])
  })

  for (const { type, sqlite, difference } of [
    {
      type: 'numeric',
      sqlite: 'DECIMAL',
      difference: 'column "c" is decimal here and numeric at the sender',
    },
    {
      type: 'json',
      sqlite: 'JSON',
      difference: 'column "c" is json here and numeric at the sender',
    },
    {
      type: 'bigint',
      sqlite: 'TEXT',
      difference: 'column "c" is integer here and text at the sender',
    },
    { type: 'text', sqlite: 'BLOB', difference: 'column "c" is text here and blob at the sender' },
  ]) {
    it(`of a column declared ${sqlite} does not go to ${type}: it could not come back exactly`, async () => {
      const office = await prepareIn(pool, `CREATE TABLE v (id integer PRIMARY KEY, c ${type})`)
      const shop = new PreparedDatabase(`CREATE TABLE v (id INTEGER PRIMARY KEY, c ${sqlite})`)
      shop.sql('INSERT INTO v (id) VALUES (1)')

      const sent = send(
        { store: shop.store, batches: (range) => readAll(shop, range) },
        office.node,
      )

      await assert.rejects(sent, new RegExp(difference))
    })
  }

  it('that no key can be waits beside others that are refused', async () => {
    const { node } = await prepareIn(
      pool,
      'CREATE TABLE goods (id integer PRIMARY KEY, n smallint)',
    )
    const line = tableLine('goods', 1, { id: 'integer', n: 'integer' })
    await node.apply(line, [row(1, 'С01', 3_000_000_000n, 1n), row(1, 'С01', 1n, 70_000n)])

    const again = await node.apply(line, [row(2, 'С01', 2n, 2n), row(2, 'С01', 3n, 70_000n)])

    const all = await dump('SELECT * FROM goods')
    assert.deepEqual([again.refused, all], [3, [['2', '2']]])
    const refused = await node.store.refusedRows()
    assert.deepEqual(refused.map(({ key }) => key).toSorted(), ['[1]', '[3000000000]', '[3]'])
  })

  it('can’t be a key of a type with several forms for one value', async () => {
    const office = await prepareIn(pool, 'CREATE TABLE v (id numeric PRIMARY KEY)')
    const shop = new PreparedDatabase('CREATE TABLE v (id TEXT PRIMARY KEY)')
    shop.sql(`INSERT INTO v VALUES ('1.0'), ('1.00')`)

    const sent = send({ store: shop.store, batches: (range) => readAll(shop, range) }, office.node)

    await assert.rejects(sent, /column "id" is decimal COLLATE NUMERIC here and text at the sender/)
  })
})

async function readAll(
  shop: PreparedDatabase,
  range: { readonly afterSeq: number; readonly throughSeq: number },
): ReturnType<StoreToTry['batches']> {
  const batches = []
  for await (const batch of shop.store.readChanges({
    ...range,
    forNode: shop.store.plan.thisNode,
  })) {
    batches.push(batch)
  }
  return batches
}

describe('rows as lines', () => {
  it('of PostgreSQL say the same as rows that are read one by one, of any type', async () => {
    const numbers = `INSERT INTO v (id, c3, c4) VALUES (1000, 'NaN', 'NaN'), (1001, '-0', '-0'), (1002, '-0', '-0')`
    const { store, node } = await prepareIn(pool, `${POSTGRES}; ${insertAll()}; ${numbers}`)
    const lastSeq = await node.fold()
    let asLines = 0
    for (let afterSeq = 0; afterSeq < lastSeq; afterSeq += 1) {
      const range = { afterSeq, throughSeq: afterSeq + 2 }
      const lines = await readLines(store, range)
      asLines += countRows(lines, 'lines')
      assert.deepEqual(rowsOf(lines), rowsOf(await node.batches(range)))
    }
    assert.equal(asLines > lastSeq, true)
  })

  it('are not made by PostgreSQL of numbers that JSON does not hold, whatever scale a column has', async () => {
    // numeric(15,-2), which a column can be from PostgreSQL 15 on.
    const modifier = ((15 << 16) | 2046) + 4
    const { isUnlikeInLine } = codecOf({
      name: 'numeric',
      isBuiltIn: true,
      isEnum: false,
      modifier,
    })
    const unlike = await dump(
      `SELECT ${isUnlikeInLine?.('n')} FROM (VALUES
         (99999999999999900::numeric), (-99999999999999900), ('NaN'), (9007199254740900), (0), (NULL)
       ) AS v (n)`,
    )

    assert.deepEqual(unlike.flat(), ['t', 't', 't', 'f', 'f', 'null'])
  })

  it('are not made by PostgreSQL of more columns than a function takes', async () => {
    const columns = Array.from({ length: 120 }, (_, index) => `c${index} text`).join(', ')
    const { store, node } = await prepareIn(
      pool,
      `CREATE TABLE v (id integer PRIMARY KEY, ${columns})`,
    )
    await node.sql('INSERT INTO v VALUES (1), (2)')
    await node.fold()

    assert.equal(countRows(await readLines(store), 'rows'), 2)
  })
})

describe('the table of types for people', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../../docs/types.md'), 'utf8')
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('| an'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

  it('says of each type what the program does', async () => {
    const types = rows.map(([, type = '']) => TYPE_OF_WORDS.get(type) ?? type)
    const columns = types.map((type, index) => `c${index} ${type}`).join(', ')
    const office = await prepareIn(
      pool,
      `${TYPES} CREATE TABLE v (id integer PRIMARY KEY, ${columns}); INSERT INTO v VALUES (1)`,
    )
    const [batch] = await office.node.batches({ afterSeq: 0, throughSeq: await office.node.fold() })
    const known = batch?.table.columns.slice(1).map(({ type }) => type) ?? []

    assert.deepEqual(
      rows.map(([, , inMessage]) => inMessage),
      known,
    )
    assert.deepEqual(
      rows.map(([, , , affinities = '']) => affinities.toLowerCase().split(', ').toSorted()),
      known.map((type) => [...(HELD_IN.get(type) ?? [type])].toSorted()),
    )
    assert.deepEqual(new Set(known), new Set(COLUMN_TYPES))
  })

  it('says which types may be keys at both', async () => {
    const types = rows.map(([, type = '']) => TYPE_OF_WORDS.get(type) ?? type)
    const keyable = types.filter((type) => type !== 'json')
    const tables = keyable.map((type, index) => `CREATE TABLE k${index} (k ${type} PRIMARY KEY);`)
    await clear(pool)
    await pool.query(`${TYPES} ${tables.join('')}`)
    const client = await pool.connect()
    const read = await readUserTables(new Connection(client), 'public')
    client.release()
    const collations = new Map(
      read.map((table) => [table.name, toTableLine(table).columns[0]?.collation]),
    )
    const isKey = (type: string): boolean => {
      return type !== 'json' && collations.get(`k${keyable.indexOf(type)}`) === undefined
    }

    assert.deepEqual(
      rows.map(([, , , , mayBeKey]) => mayBeKey),
      types.map((type) => (isKey(type) ? 'yes' : 'no')),
    )
  })
})

const TYPE_OF_WORDS: ReadonlyMap<string, string> = new Map([
  ['an enumeration', 'mood'],
  ['an array: integer[]', 'integer[]'],
  ['any other type', 'inet'],
])
