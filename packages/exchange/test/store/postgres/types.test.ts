import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { HELD_IN } from '../../../src/message/type-agreement.ts'
import { COLUMN_TYPES } from '../../../src/message/values.ts'
import { Connection } from '../../../src/store/postgres/postgres-database.ts'
import { readUserTables, toTableLine } from '../../../src/store/postgres/user-table.ts'
import type { StoreToTry } from '../contract/store-to-try.ts'
import { PreparedDatabase } from '../sqlite/prepared-database.ts'
import { clear, prepareIn, readRows } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const otherPool = await server.newDatabase()

/** A type of PostgreSQL with literals of its values. */
interface TypeCase {
  readonly type: string
  /** The declared type of the SQLite column that it goes to and comes back from. */
  readonly sqlite: string
  readonly values: readonly string[]
}

const CASES: readonly TypeCase[] = [
  { type: 'smallint', sqlite: 'INTEGER', values: ['-32768', '32767', '0'] },
  { type: 'integer', sqlite: 'INT', values: ['-2147483648', '2147483647'] },
  {
    type: 'bigint',
    sqlite: 'BIGINT',
    values: ['-9223372036854775808', '9223372036854775807', '9007199254740993'],
  },
  {
    type: 'double precision',
    sqlite: 'REAL',
    values: [
      '0.1',
      '3.141592653589793',
      '5e-324',
      '1.7976931348623157e308',
      `'Infinity'`,
      `'-Infinity'`,
      '5',
      '0',
    ],
  },
  { type: 'real', sqlite: 'DOUBLE', values: ['0.1', '3.4028235e38', '1e-45', `'-Infinity'`, '5'] },
  {
    type: 'numeric(15,2)',
    sqlite: 'DECIMAL(15,2)',
    values: ['1.50', '0.00', '-9999999999999.99', '100', '0.1'],
  },
  { type: 'numeric(5,0)', sqlite: 'NUMERIC', values: ['5', '-99999'] },
  {
    type: 'numeric',
    sqlite: 'TEXT',
    values: [
      '1.50',
      '1.5',
      '0',
      '123456789012345678901234567890.0123456789',
      `'NaN'`,
      `'Infinity'`,
    ],
  },
  { type: 'numeric(30,10)', sqlite: 'TEXT', values: ['12345678901234567890.0123456789'] },
  { type: 'boolean', sqlite: 'BOOLEAN', values: ['true', 'false'] },
  {
    type: 'text',
    sqlite: 'TEXT',
    values: [`''`, `'📦 Ж'`, `E'a\\r\\n\\t"\\\\{}'`, `'NULL'`, `'  x '`],
  },
  { type: 'character varying(5)', sqlite: 'VARCHAR(5)', values: [`'Ж'`, `'abcde'`] },
  { type: 'character(5)', sqlite: 'CHAR(5)', values: [`'ab'`, `''`] },
  { type: 'bytea', sqlite: 'BLOB', values: [`''`, String.raw`'\x00ff80'`] },
  {
    type: 'date',
    sqlite: 'DATE',
    values: [`'2026-11-22'`, `'infinity'`, `'4713-01-01 BC'`, `'10000-01-01'`],
  },
  { type: 'time', sqlite: 'TIME', values: [`'24:00:00'`, `'10:30:00.000001'`] },
  {
    type: 'timestamp',
    sqlite: 'DATETIME',
    values: [`'2026-11-22 10:30:00'`, `'0044-03-15 12:00:00.5 BC'`, `'-infinity'`],
  },
  { type: 'timestamptz', sqlite: 'TEXT', values: [`'2026-11-22 10:30:00+03'`, `'infinity'`] },
  {
    type: 'interval',
    sqlite: 'TEXT',
    values: [
      `'1 year 2 months 3 days 04:05:06.789'`,
      `'-1 month 1 day'`,
      `'0'`,
      `'24:00:00'`,
      `'1 day'`,
    ],
  },
  { type: 'uuid', sqlite: 'UUID', values: [`'0B9E1D3C-7E5A-4C43-9D3E-3F1C2B7A9E10'`] },
  { type: 'json', sqlite: 'TEXT', values: [`'{"a" :  1.50, "a": null}'`, `'5'`, `'"\\u0416"'`] },
  { type: 'jsonb', sqlite: 'TEXT', values: [`'{"b":1,"a":[1.50]}'`] },
  {
    type: 'integer[]',
    sqlite: 'TEXT',
    values: [`'{1,NULL,3}'`, `'{}'`, `'{{1,2},{3,4}}'`, `'[0:1]={1,2}'`],
  },
  { type: 'text[]', sqlite: 'TEXT', values: [`ARRAY['a,"b"', NULL, 'NULL', '', E'\\\\']`] },
  { type: 'mood', sqlite: 'TEXT', values: [`'так себе'`, `'5'`] },
  { type: 'price', sqlite: 'DECIMAL', values: ['9.99'] },
  { type: 'inet', sqlite: 'TEXT', values: [`'10.0.0.1'`, `'10.0.0.0/8'`] },
  { type: 'int4range', sqlite: 'TEXT', values: [`'[1,5)'`, `'empty'`] },
  { type: 'money', sqlite: 'TEXT', values: [`'12.34'`] },
  { type: 'bit(3)', sqlite: 'TEXT', values: [`'101'`] },
  { type: 'time with time zone', sqlite: 'TEXT', values: [`'10:30:00+03'`] },
]

const TYPES = `
  CREATE TYPE mood AS ENUM ('так себе', '5');
  CREATE DOMAIN amount AS numeric(10,2);
  CREATE DOMAIN price AS amount CHECK (value > 0);`

function columnsOf(type: (column: TypeCase) => string): string {
  return CASES.map((column, index) => `c${index} ${type(column)}`).join(', ')
}

const POSTGRES = `${TYPES} CREATE TABLE v (id integer PRIMARY KEY, ${columnsOf(({ type }) => type)})`
const SQLITE = `CREATE TABLE v (id INTEGER PRIMARY KEY, ${columnsOf(({ sqlite }) => sqlite)})`

/** A row for each value, NULL in all other columns, and one of nothing but NULL. */
function insertAll(): string {
  let id = 0
  const inserts = CASES.flatMap(({ values }, index) =>
    values.map((value) => {
      id += 1
      return `INSERT INTO v (id, c${index}) VALUES (${id}, ${value});`
    }),
  )
  return `${inserts.join('\n')} INSERT INTO v (id) VALUES (0)`
}

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

const INEXACT: readonly { type: string; sqlite: string; value: string; reason: RegExp }[] = [
  { type: 'integer', sqlite: 'INTEGER', value: `'abc'`, reason: /does not take the text "abc"/ },
  { type: 'integer', sqlite: 'INTEGER', value: '2147483648', reason: /out of range/ },
  { type: 'integer', sqlite: 'INTEGER', value: '1.5', reason: /does not take the number 1.5/ },
  { type: 'real', sqlite: 'REAL', value: '0.1', reason: /does not take the number 0.1/ },
  {
    type: 'numeric(10,2)',
    sqlite: 'DECIMAL',
    value: '1.555',
    reason: /would keep this value as "1.56"/,
  },
  { type: 'numeric(4,2)', sqlite: 'DECIMAL', value: '100', reason: /overflow/ },
  {
    type: 'numeric(30,2)',
    sqlite: 'TEXT',
    value: `'1.5'`,
    reason: /would keep this value as "1.50"/,
  },
  { type: 'boolean', sqlite: 'BOOLEAN', value: '2', reason: /does not take the number 2/ },
  { type: 'text', sqlite: 'TEXT', value: `'a' || char(0)`, reason: /invalid byte sequence/ },
  { type: 'text', sqlite: 'TEXT', value: `x'00'`, reason: /does not take 1 octets/ },
  { type: 'varchar(2)', sqlite: 'TEXT', value: `'abc'`, reason: /would keep this value as "ab"/ },
  { type: 'varchar(2)', sqlite: 'TEXT', value: `'ab '`, reason: /would keep this value as "ab"/ },
  { type: 'char(3)', sqlite: 'TEXT', value: `'ab '`, reason: /would keep this value as "ab"/ },
  { type: 'date', sqlite: 'DATE', value: `'22.11.2026'`, reason: /out of range|invalid/ },
  { type: 'date', sqlite: 'DATE', value: `'2026-1-5'`, reason: /as "2026-01-05"/ },
  {
    type: 'timestamp',
    sqlite: 'TEXT',
    value: `'2026-11-22T10:30'`,
    reason: /as "2026-11-22 10:30:00"/,
  },
  {
    type: 'timestamp(0)',
    sqlite: 'TEXT',
    value: `'2026-11-22 10:30:00.6'`,
    reason: /as "2026-11-22 10:30:01"/,
  },
  {
    type: 'timestamptz',
    sqlite: 'TEXT',
    value: `'2026-11-22 10:30:00+03'`,
    reason: /as "2026-11-22 07:30:00\+00"/,
  },
  { type: 'uuid', sqlite: 'TEXT', value: `'x'`, reason: /invalid input syntax for type uuid/ },
  { type: 'jsonb', sqlite: 'TEXT', value: `'{"a":1}'`, reason: /would keep this value as/ },
  { type: 'integer[]', sqlite: 'TEXT', value: `'{1, 2}'`, reason: /as "\{1,2\}"/ },
  { type: 'mood', sqlite: 'TEXT', value: `'sad'`, reason: /invalid input value for enum/ },
]

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
