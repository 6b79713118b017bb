import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { RowLine } from '@obmen/exchange'
import { CaptureDisturbed, TablesInherit, TableWithoutPrimaryKey } from '@obmen/exchange/errors'
import {
  openPostgresStore,
  preparePostgres,
  removePostgresPreparation,
} from '@obmen/exchange/postgres'
import type pg from 'pg'

import { PLAN, row, tableLine } from '../contract/store-to-try.ts'
import { clear, prepareIn } from './prepared-postgres.ts'
import { openRole, readRows, startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text);'
const LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })

/** Everything that is in the application's schema, by the words of the catalog. */
function readSchema(): Promise<string[][]> {
  return readRows(
    pool,
    `SELECT 'trigger', tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT 'relation', oid::regclass::text, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
     UNION ALL SELECT 'function', oid::regprocedure::text, '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
     UNION ALL SELECT 'schema', nspname::text, '' FROM pg_namespace WHERE nspname !~ '^pg_|information_schema'
     ORDER BY 1, 2, 3`,
  )
}

describe('what PostgreSQL alone has', () => {
  it('is registered: TRUNCATE, also with cascade, and rows inserted just before', async () => {
    const { node } = await prepareIn(
      pool,
      `${GOODS} CREATE TABLE parts (id integer PRIMARY KEY, goods integer REFERENCES goods);
       INSERT INTO goods VALUES (1, 'a'); INSERT INTO parts VALUES (5, 1)`,
    )
    await node.newChanges()
    await node.sql(`INSERT INTO goods VALUES (2, 'b')`)

    await node.sql(`TRUNCATE goods CASCADE; INSERT INTO goods VALUES (1, 'again')`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 1 "again"',
      '- goods 2',
      '- parts 5',
    ])
  })

  it('is registered: cascades of foreign keys', async () => {
    const { node } = await prepareIn(
      pool,
      `${GOODS} CREATE TABLE parts (id integer PRIMARY KEY, goods integer REFERENCES goods ON DELETE CASCADE ON UPDATE CASCADE);
       INSERT INTO goods VALUES (1, 'a'), (2, 'b'); INSERT INTO parts VALUES (5, 1), (6, 2)`,
    )
    await node.newChanges()

    await node.sql('DELETE FROM goods WHERE id = 1; UPDATE goods SET id = 3 WHERE id = 2')

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 3 "b"',
      '+ parts 6 3',
      '- goods 1',
      '- goods 2',
      '- parts 5',
    ])
  })

  it('is registered: COPY, MERGE, and writers that have switched triggers off', async () => {
    const { node } = await prepareIn(pool, `${GOODS} INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()

    await node.sql(await mergeOf(pool, `(VALUES (1, 'm'), (2, 'n')) v (id, name)`))
    await node.sql(
      `BEGIN; SET LOCAL session_replication_role = replica; INSERT INTO goods VALUES (3, 'r'); COMMIT`,
    )

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "m"', '+ goods 2 "n"', '+ goods 3 "r"'])
  })

  it('is registered: a key whose columns are called like variables of PL/pgSQL', async () => {
    const { node } = await prepareIn(
      pool,
      'CREATE TABLE goods ("old" integer, "new" integer, found integer, tg_op text, PRIMARY KEY ("old", "new", found, tg_op))',
    )

    await node.sql(`INSERT INTO goods VALUES (1, 2, 3, 'a'), (1, 2, 4, 'b')`)
    await node.sql(`UPDATE goods SET "new" = 5 WHERE found = 3; DELETE FROM goods WHERE found = 4`)

    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 1 5 3 "a"',
      '- goods 1 2 3 "a"',
      '- goods 1 2 4 "b"',
    ])
  })

  it('is registered: partitions, written to by the table or directly, made later, and dropped', async () => {
    const { node, store } = await prepareIn(
      pool,
      `CREATE TABLE goods (id integer PRIMARY KEY, name text) PARTITION BY RANGE (id);
       CREATE TABLE low PARTITION OF goods FOR VALUES FROM (0) TO (10);
       CREATE TABLE high PARTITION OF goods FOR VALUES FROM (10) TO (20)`,
    )
    await node.sql(
      `INSERT INTO goods VALUES (1, 'a'), (11, 'b'); INSERT INTO low VALUES (2, 'direct')`,
    )
    const written = await node.newChanges()
    await node.sql('UPDATE goods SET id = 12 WHERE id = 1')
    const moved = await node.newChanges()
    await node.sql(
      `CREATE TABLE top PARTITION OF goods FOR VALUES FROM (20) TO (30); INSERT INTO top VALUES (20, 'early')`,
    )
    await store.checkCapture()
    await node.sql(`INSERT INTO top VALUES (21, 'late'); DROP TABLE high`)
    const changed = await node.newChanges()

    assert.deepEqual(written.toSorted(), ['+ goods 1 "a"', '+ goods 11 "b"', '+ goods 2 "direct"'])
    assert.deepEqual(moved.toSorted(), ['+ goods 12 "a"', '- goods 1'])
    assert.deepEqual(changed.toSorted(), [
      '+ goods 20 "early"',
      '+ goods 21 "late"',
      '- goods 11',
      '- goods 12',
    ])
  })

  it('is registered for a role that has no right to our schema', async () => {
    const { node } = await prepareIn(
      pool,
      `${GOODS} DROP ROLE IF EXISTS clerk; CREATE ROLE clerk; GRANT USAGE ON SCHEMA public TO clerk; GRANT ALL ON goods TO clerk`,
    )

    await node.sql(`BEGIN; SET LOCAL ROLE clerk; INSERT INTO goods VALUES (1, 'a'); COMMIT`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
    await node.sql('DROP OWNED BY clerk')
  })
})

describe('preparing a PostgreSQL database', () => {
  it('and removing leaves the schema of the application as it was', async () => {
    await clear(pool)
    await pool.query(`${GOODS} INSERT INTO goods VALUES (1, 'a')`)
    const before = await readSchema()
    await preparePostgres(pool, PLAN, { kind: 'all' })
    const prepared = await readSchema()

    await removePostgresPreparation(pool)

    assert.notDeepEqual(prepared, before)
    assert.deepEqual(await readSchema(), before)
    assert.deepEqual(await readRows(pool, 'SELECT * FROM goods'), [['1', 'a']])
  })

  it('refuses a table without a primary key, and then has done nothing', async () => {
    await clear(pool)
    await pool.query(`${GOODS} CREATE TABLE log (line text)`)
    const before = await readSchema()

    await assert.rejects(preparePostgres(pool, PLAN, { kind: 'all' }), TableWithoutPrimaryKey)

    assert.deepEqual(await readSchema(), before)
  })

  for (const { name, harm } of [
    { name: 'a trigger is gone', harm: 'DROP TRIGGER obmen_1_update ON goods' },
    { name: 'a trigger is switched off', harm: 'ALTER TABLE goods DISABLE TRIGGER obmen_1_insert' },
    {
      name: 'a function was changed',
      harm: `CREATE OR REPLACE FUNCTION obmen_exchange.insert_1() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    },
    { name: 'the key is of another type', harm: 'ALTER TABLE goods ALTER COLUMN id TYPE bigint' },
    { name: 'the log is gone', harm: 'DROP TABLE obmen_exchange.log_1' },
  ]) {
    it(`tells that ${name}, and mends it with every row as changed`, async () => {
      const { node, store } = await prepareIn(pool, `${GOODS} INSERT INTO goods VALUES (1, 'a')`)
      await node.newChanges()

      await node.sql(harm)
      await assert.rejects(store.checkCapture(), CaptureDisturbed)
      await assert.rejects(openPostgresStore(pool, PLAN), CaptureDisturbed)
      const { tables } = await preparePostgres(pool, PLAN, { kind: 'all' })

      assert.deepEqual(tables, [{ table: 'goods', rowCount: 1, kind: 'repaired' }])
      assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
    })
  }

  it('names a table that was renamed, which a repair would take out of the plan', async () => {
    const { node, store } = await prepareIn(pool, GOODS)

    await node.sql('ALTER TABLE goods RENAME TO wares')

    await assert.rejects(store.checkCapture(), {
      code: 'CAPTURE_DISTURBED',
      missing: ['goods'],
      message: /the database has no "goods" any more$/,
    })
  })

  it('refuses a table together with one that inherits from it, and takes each of them alone', async () => {
    await clear(pool)
    await pool.query(
      `CREATE TABLE animals (id integer PRIMARY KEY, name text); CREATE TABLE pets () INHERITS (animals);
       CREATE TABLE dogs (breed text, PRIMARY KEY (id)) INHERITS (pets)`,
    )

    const both = preparePostgres(pool, PLAN, { kind: 'except', tables: ['pets'] })

    await assert.rejects(both, (error) => {
      assert.ok(error instanceof TablesInherit)
      assert.deepEqual([error.table, error.parent], ['dogs', 'animals'])
      return true
    })
    for (const alone of ['animals', 'dogs']) {
      const { tables } = await preparePostgres(pool, PLAN, { kind: 'only', tables: [alone] })
      assert.deepEqual(
        tables.map(({ table }) => table),
        [alone],
      )
    }
  })

  it('takes the tables of the schema that it is told', async () => {
    await clear(pool)
    await pool.query(
      `DROP SCHEMA IF EXISTS "Продажи" CASCADE; CREATE SCHEMA "Продажи"; CREATE TABLE "Продажи".goods (id integer PRIMARY KEY)`,
    )

    const { tables } = await preparePostgres(pool, PLAN, { kind: 'all', schema: 'Продажи' })

    assert.deepEqual(
      tables.map(({ table }) => table),
      ['goods'],
    )
    await removePostgresPreparation(pool)
    await pool.query('DROP SCHEMA "Продажи" CASCADE')
  })
})

const TRIGGERS = `${GOODS} CREATE TABLE log (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, goods integer);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log (goods) VALUES (NEW.id); RETURN NULL; END';
  CREATE TRIGGER note AFTER INSERT ON goods FOR EACH ROW EXECUTE FUNCTION note();`

describe('triggers of the application', () => {
  it('don’t fire while a message is applied', async () => {
    const { node } = await prepareIn(pool, TRIGGERS)

    await node.apply(LINE, [row(1, 'С01', 1n, 'a')])
    await node.sql(`INSERT INTO goods VALUES (2, 'b')`)

    assert.deepEqual(await node.rows('SELECT goods FROM log'), [['2']])
  })

  it('don’t fire either where the role may not switch them off for its session', async (t) => {
    const { own, apply } = await openAsOwner(t)

    await apply([row(1, 'С01', 1n, 'a')])
    await own.query(`INSERT INTO goods VALUES (2, 'b')`)

    assert.deepEqual(await readRows(own, 'SELECT goods FROM log'), [['2']])
  })

  it('are no rules: those of a table are at work where the role may not switch them off', async (t) => {
    const { own, apply } = await openAsOwner(t)
    await own.query(
      'CREATE RULE noted AS ON INSERT TO goods DO ALSO INSERT INTO log (goods) VALUES (NEW.id + 100)',
    )

    await apply([row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'b')])

    assert.deepEqual(await readRows(own, 'SELECT id, name FROM goods'), [
      ['1', 'a'],
      ['2', 'b'],
    ])
    assert.deepEqual(await readRows(own, 'SELECT goods FROM log ORDER BY 1'), [['101'], ['102']])
  })

  for (const unique of [
    'UNIQUE (name) DEFERRABLE',
    'UNIQUE (name) DEFERRABLE INITIALLY DEFERRED',
  ]) {
    it(`are no rules: no value comes twice where PostgreSQL looks later, ${unique}`, async () => {
      const { node, store } = await prepareIn(
        pool,
        `CREATE TABLE goods (id integer PRIMARY KEY, name text, ${unique}); INSERT INTO goods VALUES (1, 'taken')`,
      )

      const summary = await node.apply(LINE, [row(1, 'С01', 2n, 'taken'), row(1, 'С01', 3n, 'b')])

      assert.deepEqual([summary.applied, summary.refused], [1, 1])
      assert.deepEqual(await node.rows('SELECT id, name FROM goods ORDER BY id'), [
        ['1', 'taken'],
        ['3', 'b'],
      ])
      const [waiting] = await store.refusedRows()
      assert.match(waiting?.reason ?? '', /duplicate key value/)
    })
  }

  it('fire when that is wanted, and what they do is a change of this node', async () => {
    const rules = {
      conflicts: { kind: 'latest' },
      strict: false,
      tables: new Map(),
      triggers: 'fire',
    } as const
    const { node } = await prepareIn(pool, TRIGGERS, { rules })

    await node.apply(LINE, [row(1, 'С01', 1n, 'a')])

    assert.deepEqual(await node.rows('SELECT goods FROM log'), [['1']])
    assert.deepEqual(await node.newChanges(), ['+ log 1 1'])
  })
})

/** A database of a role that may only what an owner of tables may, and what applies rows to it. */
async function openAsOwner(t: { after(work: () => Promise<void>): void }): Promise<{
  readonly own: pg.Pool
  readonly apply: (rows: readonly RowLine[]) => Promise<void>
}> {
  await clear(pool)
  const own = await openRole(t, pool, 'owner')
  await own.query(TRIGGERS)
  await preparePostgres(own, PLAN, { kind: 'all' })
  const store = await openPostgresStore(own, PLAN)
  const apply = async (rows: readonly RowLine[]): Promise<void> => {
    await store.transaction(async (transaction) => {
      await transaction.fold()
      const sender = { code: PLAN.thisNode, acknowledgedSeq: 0, nowMs: 1 }
      const applier = await transaction.beginApplying(sender)
      await applier.beginTable(LINE)
      await applier.applyRows(rows)
      await applier.finish()
    })
    await store.checkCapture()
  }
  return { own, apply }
}

describe('a row of PostgreSQL that no trigger has seen', () => {
  it('is registered when somebody begins an exchange anew, as a row from before', async () => {
    const { node, store } = await prepareIn(
      pool,
      `${GOODS} INSERT INTO goods VALUES (1, 'a'), (2, 'b')`,
    )
    await node.newChanges()
    await node.sql('DELETE FROM obmen_exchange.index_1 WHERE k1 = 2')

    await store.transaction((transaction) => transaction.enterUnknown())

    assert.deepEqual(await node.newChanges(), ['+ goods 2 "b"'])
    assert.deepEqual(
      await readRows(pool, 'SELECT k1, stamp FROM obmen_exchange.index_1 WHERE k1 = 2'),
      [['2', '0']],
    )
  })
})

/** MERGE came with PostgreSQL 15; what it does is an upsert. */
async function mergeOf(target: pg.Pool, source: string): Promise<string> {
  const [version] = await readRows(target, `SELECT current_setting('server_version_num')`)
  return Number(version?.[0]) < 150_000
    ? `INSERT INTO goods SELECT * FROM ${source} ON CONFLICT (id) DO UPDATE SET name = excluded.name`
    : `MERGE INTO goods g USING ${source} ON g.id = v.id
        WHEN MATCHED THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name)`
}
