/** A trigger that returns NULL: PostgreSQL says that all went well, and the row is not there. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { deletion, row, tableLine, type StoreToTry } from '../contract/store-to-try.ts'
import { prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })
const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text);'
const SKIPPED = /^the row was not written: .*skipped it$/

/** Triggers fire, and this one does something before a row is written. */
async function openWith(event: 'INSERT' | 'UPDATE', does: string, more = ''): Promise<StoreToTry> {
  const schema = `${GOODS} ${more}
    CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does} END $$;
    CREATE TRIGGER look BEFORE ${event} ON goods FOR EACH ROW EXECUTE FUNCTION look();`
  const { node } = await prepareIn(pool, schema, {
    // A child table of the plan is refused: its rows are those of the table.
    content: { kind: 'only', tables: ['goods'] },
    rules: {
      conflicts: { kind: 'latest' },
      strict: false,
      tables: new Map(),
      triggers: 'fire',
    },
  })
  return node
}

const SKIPS = `IF NEW.name = 'bad' THEN RETURN NULL; END IF; RETURN NEW;`

describe('a row that a trigger skips', () => {
  it('is set aside with the reason when it is new, the others are written, and it is there when it may', async () => {
    const node = await openWith('INSERT', SKIPS)
    const rows = ['a', 'bad', 'c'].map((name, index) => row(1, 'С01', BigInt(index), name))

    const first = await node.apply(LINE, rows)
    const [waiting] = await node.store.refusedRows()
    await node.sql('DROP TRIGGER look ON goods')
    const second = await node.apply(LINE, [])

    assert.deepEqual([first.applied, first.refused], [2, 1])
    assert.equal(waiting?.key, '[1]')
    assert.match(waiting.reason, SKIPPED)
    assert.deepEqual([second.applied, second.refused], [1, 0])
    assert.equal((await node.rows('SELECT * FROM goods')).length, 3)
  })

  it('is set aside with the reason when it is changed, and stays what it was', async () => {
    const node = await openWith('UPDATE', SKIPS)
    await node.apply(LINE, [row(1, 'С01', 1n, 'a'), row(1, 'С01', 2n, 'b')])

    const { applied, refused } = await node.apply(LINE, [
      row(2, 'С01', 1n, 'bad'),
      row(2, 'С01', 2n, 'B'),
      deletion(2, 'С01', 3n),
    ])

    assert.deepEqual([applied, refused], [2, 1])
    assert.deepEqual(await node.rows('SELECT * FROM goods ORDER BY id'), [
      ['1', 'a'],
      ['2', 'B'],
    ])
    assert.match((await node.store.refusedRows())[0]?.reason ?? '', SKIPPED)
  })

  it('leaves nothing of what the trigger did', async () => {
    const more = 'CREATE TABLE notes (id integer PRIMARY KEY);'
    const node = await openWith('INSERT', 'INSERT INTO notes VALUES (NEW.id); RETURN NULL;', more)

    const { refused } = await node.apply(LINE, [row(1, 'С01', 1n, 'a')])

    assert.equal(refused, 1)
    assert.deepEqual(await node.rows('SELECT * FROM notes'), [])
  })
})

describe('a row that a trigger puts in its place by itself', () => {
  it('is written when it is there: into a child table, for example', async () => {
    const more = 'CREATE TABLE goods_2026 (PRIMARY KEY (id)) INHERITS (goods);'
    const redirects = 'INSERT INTO goods_2026 VALUES (NEW.*); RETURN NULL;'
    const node = await openWith('INSERT', redirects, more)

    const { applied, refused } = await node.apply(LINE, [row(1, 'С01', 1n, 'a')])

    assert.deepEqual([applied, refused], [1, 0])
    assert.deepEqual(await node.rows('SELECT * FROM goods'), [['1', 'a']])
  })

  it('is written when it has the values that it should have', async () => {
    const changes = `IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
      UPDATE goods SET name = NEW.name WHERE id = NEW.id; RETURN NULL;`
    const node = await openWith('UPDATE', changes)
    await node.apply(LINE, [row(1, 'С01', 1n, 'a')])

    const { applied, refused } = await node.apply(LINE, [row(2, 'С01', 1n, 'b')])

    assert.deepEqual([applied, refused], [1, 0])
    assert.deepEqual(await node.rows('SELECT * FROM goods'), [['1', 'b']])
  })
})
