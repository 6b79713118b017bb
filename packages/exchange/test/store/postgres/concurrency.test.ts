import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type ApplySummary, parseNodeCode, type RowLine } from '@obmen/exchange'
import { openPostgresStore } from '@obmen/exchange/postgres'
import type pg from 'pg'

import { deletion, PLAN, row, tableLine } from '../contract/store-to-try.ts'
import { type PreparedPostgres, prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const GOODS = 'CREATE TABLE goods (id integer PRIMARY KEY, name text)'
const LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })

/** A connection of a program that knows nothing of an exchange. */
async function connect(t: { after(work: () => void): void }): Promise<pg.PoolClient> {
  const client = await pool.connect()
  t.after(() => client.release(true))
  return client
}

describe('a fold', () => {
  it('leaves what is not committed for the next one, also what began long before', async (t) => {
    const { node } = await prepareIn(pool, GOODS)
    const slow = await connect(t)
    await slow.query(`BEGIN; INSERT INTO goods VALUES (1, 'slow')`)
    await node.sql(`INSERT INTO goods VALUES (2, 'quick')`)

    const before = await node.newChanges()
    await slow.query('COMMIT')
    const after = await node.newChanges()

    assert.deepEqual(before, ['+ goods 2 "quick"'])
    assert.deepEqual(after, ['+ goods 1 "slow"'])
  })

  it('misses nothing of a writer in a snapshot from before it', async (t) => {
    const { node } = await prepareIn(pool, `${GOODS}; INSERT INTO goods VALUES (1, 'a')`)
    await node.newChanges()
    const writer = await connect(t)
    await writer.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM goods')
    await node.sql(`INSERT INTO goods VALUES (2, 'b')`)
    const before = await node.newChanges()

    await writer.query(`UPDATE goods SET name = 'c' WHERE id = 1; COMMIT`)

    assert.deepEqual(before, ['+ goods 2 "b"'])
    assert.deepEqual(await node.newChanges(), ['+ goods 1 "c"'])
  })

  it('misses nothing of a writer that commits while it is under way', async (t) => {
    const { node, store } = await prepareIn(pool, GOODS)
    const writer = await connect(t)
    await writer.query(`BEGIN; INSERT INTO goods VALUES (1, 'a')`)

    const folded = await store.transaction(async (transaction) => {
      const first = await transaction.fold()
      await writer.query('COMMIT')
      return [first, await transaction.fold()]
    })

    assert.deepEqual(folded, [0, 1])
    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"'])
  })

  it('misses nothing of a transaction that was prepared and is committed later', async () => {
    const { node } = await prepareIn(pool, GOODS)
    await node.sql(`BEGIN; INSERT INTO goods VALUES (1, 'a'); PREPARE TRANSACTION 'later'`)

    const before = await node.newChanges()
    await node.sql(`COMMIT PREPARED 'later'`)

    assert.deepEqual([before, await node.newChanges()], [[], ['+ goods 1 "a"']])
  })

  it('has nothing of a savepoint that was rolled back', async () => {
    const { node } = await prepareIn(pool, GOODS)

    await node.sql(`BEGIN; INSERT INTO goods VALUES (1, 'a'); SAVEPOINT s; INSERT INTO goods VALUES (2, 'b');
      ROLLBACK TO s; INSERT INTO goods VALUES (3, 'c'); COMMIT`)

    assert.deepEqual(await node.newChanges(), ['+ goods 1 "a"', '+ goods 3 "c"'])
  })

  it('is the only one at a time: positions are seen in their order by every process', async () => {
    const { node, store } = await prepareIn(pool, GOODS)
    const other = await openPostgresStore(pool, PLAN)
    await node.sql(`INSERT INTO goods VALUES (1, 'a')`)
    const order: string[] = []

    const first = store.transaction(async (transaction) => {
      const seq = await transaction.fold()
      order.push(`first got ${seq}`)
      await node.sql(`INSERT INTO goods VALUES (2, 'b')`)
      await Promise.race([second(), someoneWaits()])
      order.push('first commits')
      return seq
    })
    let secondFold: Promise<number> | undefined
    const second = (): Promise<number> => {
      secondFold ??= other.transaction(async (transaction) => {
        order.push('second may begin')
        return transaction.fold()
      })
      return secondFold
    }

    assert.equal(await first, 1)
    assert.equal(await secondFold, 2)
    assert.deepEqual(order, ['first got 1', 'first commits', 'second may begin'])
  })

  it('by several processes, while many write, gives each change a position that no reader passes', async () => {
    const { node, store } = await prepareIn(pool, GOODS)
    const stores = [store, await openPostgresStore(pool, PLAN)]
    const writers = [0, 1, 2].map((writer) => write(writer))
    const seen = new Map<bigint, string>()
    let afterSeq = 0
    let isWriting = true
    const read = async (): Promise<void> => {
      const [first, second] = stores
      const throughSeq = await first?.transaction((transaction) => transaction.fold())
      await second?.transaction((transaction) => transaction.fold())
      for (const change of await node.changes({ afterSeq, throughSeq: throughSeq ?? 0 })) {
        const [id, name] = change.row.values
        if (typeof id === 'bigint') seen.set(id, String(name))
      }
      afterSeq = throughSeq ?? 0
    }
    const reading = (async () => {
      while (isWriting) await read()
    })()
    await Promise.all(writers)
    isWriting = false
    await reading
    await read()

    const rows = await node.rows('SELECT id, name FROM goods ORDER BY id')
    assert.equal(rows.length, 60)
    assert.deepEqual(
      [...seen].map(([id, name]) => [id.toString(), name]).toSorted(byNumber),
      rows.map(([id = '', name = '']) => [id, name]).toSorted(byNumber),
    )
  })
})

/** Twenty rows, each written in a transaction of its own that changes it twice, in turns with others. */
async function write(writer: number): Promise<void> {
  const client = await pool.connect()
  for (let count = 0; count < 20; count += 1) {
    const id = count * 3 + writer
    const isolation = count % 2 === 0 ? 'READ COMMITTED' : 'REPEATABLE READ'
    await client.query(
      `BEGIN ISOLATION LEVEL ${isolation}; INSERT INTO goods VALUES (${id}, 'new')`,
    )
    await client.query(`UPDATE goods SET name = 'of ${writer}' WHERE id = ${id}`)
    await client.query(
      count % 5 === 4 ? `ROLLBACK; INSERT INTO goods VALUES (${id}, 'again')` : 'COMMIT',
    )
  }
  client.release()
}

function byNumber([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return Number(a) - Number(b)
}

describe('a message that is applied', () => {
  it('is not registered as changes, while what others write at the same moment is', async (t) => {
    const { node, store } = await prepareIn(pool, GOODS)
    const program = await connect(t)

    await store.transaction(async (transaction) => {
      await transaction.fold()
      const applier = await transaction.beginApplying(SENDER)
      await applier.beginTable(LINE)
      await applier.applyRows([row(5, 'С01', 1n, 'theirs')])
      await program.query(`INSERT INTO goods VALUES (2, 'ours')`)
      await applier.finish()
    })

    assert.deepEqual(await node.newChanges(), ['+ goods 2 "ours"'])
  })

  it('does not overwrite a change that was made after its fold without a word', async (t) => {
    const { store, node } = await applyAgainst(t, {
      program: `UPDATE goods SET name = 'ours' WHERE id = 1`,
      rows: [row(4_000_000_000_000, 'С01', 1n, 'theirs')],
    })

    const [conflict] = await store.conflicts()
    assert.deepEqual(
      [conflict?.winner, conflict?.ours, conflict?.theirs],
      ['theirs', '[1,"ours"]', '[1,"theirs"]'],
    )
    assert.deepEqual(await node.rows('SELECT name FROM goods'), [['theirs']])
  })

  it('waits for a row that another connection is changing, and takes the change as it was committed', async (t) => {
    const { node } = await prepareIn(pool, `${GOODS}; INSERT INTO goods VALUES (1, 'first')`)
    const program = await connect(t)
    await program.query(`BEGIN; UPDATE goods SET name = 'ours' WHERE id = 1`)

    const applied = node.apply(LINE, [row(1000, 'С01', 1n, 'theirs, and older')])
    await someoneWaits()
    await program.query('COMMIT')

    assert.equal((await applied).conflicts, 1)
    assert.deepEqual(await node.rows('SELECT name FROM goods'), [['ours']])
  })

  it('takes a row that another connection has just inserted for what it is: a conflict', async (t) => {
    const { node, store } = await prepareIn(pool, GOODS)
    const program = await connect(t)
    await program.query(`BEGIN; INSERT INTO goods VALUES (1, 'ours')`)

    const applied = node.apply(LINE, [
      row(1000, 'С01', 1n, 'theirs, and older'),
      row(1000, 'С01', 2n, 'b'),
    ])
    await someoneWaits()
    await program.query('COMMIT')
    await applied

    assert.deepEqual(await node.rows('SELECT * FROM goods ORDER BY id'), [
      ['1', 'ours'],
      ['2', 'b'],
    ])
    assert.deepEqual(
      (await store.conflicts()).map(({ winner, ours }) => [winner, ours]),
      [['ours', '[1,"ours"]']],
    )
    assert.deepEqual(await store.refusedRows(), [])
  })

  it('notices a change of a row of its sender since the fold', async (t) => {
    const { node, program, applier } = await applyingKnown(t)
    await program.query(`UPDATE goods SET name = 'ours' WHERE id = 1`)

    const { applied } = await applier([1n, 2n, 3n])

    assert.equal(applied, 3)
    assert.deepEqual(await conflictsOf(node), [['theirs', '[1,"ours"]']])
    assert.deepEqual(await node.rows('SELECT name FROM goods'), [['new'], ['new'], ['new']])
  })

  for (const [change, ours] of [
    [`UPDATE goods SET name = 'ours' WHERE id = 2`, '[2,"ours"]'],
    ['DELETE FROM goods WHERE id = 2', undefined],
  ] as const) {
    it(`waits for a row of its sender that is changed at the moment: ${change}`, async (t) => {
      const { node, program, applier } = await applyingKnown(t)
      await program.query(`BEGIN; ${change}`)

      const applied = applier([1n, 2n, 3n])
      await someoneWaits()
      await program.query('COMMIT')

      assert.equal((await applied).applied, 3)
      assert.deepEqual(await conflictsOf(node), [['theirs', ours]])
    })
  }

  it('writes over a row of its sender when a change of it was taken back', async (t) => {
    const { node, program, applier } = await applyingKnown(t)
    await program.query(`BEGIN; UPDATE goods SET name = 'ours' WHERE id = 2`)

    const applied = applier([1n, 2n, 3n])
    await someoneWaits()
    await program.query('ROLLBACK')

    assert.deepEqual([(await applied).applied, await conflictsOf(node)], [3, []])
  })

  it('holds others back from its rows only, and their change comes on top of it', async (t) => {
    const { node, store } = await prepareIn(
      pool,
      `${GOODS}; INSERT INTO goods VALUES (1, 'a'), (2, 'b')`,
    )
    await node.newChanges()
    const program = await connect(t)
    const waiting = await store.transaction(async (transaction) => {
      await transaction.fold()
      const applier = await transaction.beginApplying(SENDER)
      await applier.beginTable(LINE)
      await applier.applyRows([row(4_000_000_000_000, 'С01', 1n, 'theirs')])
      await program.query(`UPDATE goods SET name = 'other row' WHERE id = 2`)
      const update = program.query(`UPDATE goods SET name = name || ', and ours' WHERE id = 1`)
      await someoneWaits()
      await applier.finish()
      return [update]
    })
    await Promise.all(waiting)

    // Both may have been written within one millisecond: then their keys give the order.
    assert.deepEqual((await node.newChanges()).toSorted(), [
      '+ goods 1 "theirs, and ours"',
      '+ goods 2 "other row"',
    ])
  })
})

const FAMILY = `CREATE TABLE parents (id integer PRIMARY KEY); INSERT INTO parents VALUES (1), (2);
  CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents)`
const PARENTS = tableLine('parents', 1, { id: 'integer' })
const CHILDREN = tableLine('children', 1, { id: 'integer', parent: 'integer' })

describe('a message, beside a program that knows nothing of it,', () => {
  it('holds the parents of the rows that it has written', async (t) => {
    const { store } = await prepareIn(pool, FAMILY)
    const program = await connect(t)

    const free = await store.transaction(async (transaction) => {
      await transaction.fold()
      const applier = await transaction.beginApplying(SENDER)
      await applier.beginTable(CHILDREN)
      await applier.applyRows([row(1000, 'С01', 10n, 1n)])
      const query = 'SELECT id FROM parents FOR UPDATE SKIP LOCKED'
      const { rows } = await program.query<{ id: number }>(query)
      await applier.finish()
      return rows
    })

    assert.deepEqual(free, [{ id: 2 }])
  })

  it('takes no parent away for which the program has just entered a child', async (t) => {
    const { node, store } = await prepareIn(pool, FAMILY)
    const program = await connect(t)
    await program.query('BEGIN; INSERT INTO children VALUES (10, 1)')

    await store.transaction(async (transaction) => {
      await transaction.fold()
      const applier = await transaction.beginApplying(SENDER)
      await applier.beginTable(PARENTS)
      await applier.applyRows([deletion(4_000_000_000_000, 'С01', 1n)])
      const finishing = applier.finish()
      await someoneWaits()
      await program.query('COMMIT')
      return finishing
    })

    assert.deepEqual(await node.rows('SELECT id FROM parents ORDER BY id'), [['1'], ['2']])
  })
})

const SENDER = { code: parseNodeCode('С01'), acknowledgedSeq: 0, nowMs: 1_800_000_000_000 }

/** Three rows of a sender, a program beside it, and what applies newer versions of some, called after the fold. */
async function applyingKnown(t: { after(work: () => void): void }): Promise<{
  readonly node: PreparedPostgres['node']
  readonly program: pg.PoolClient
  readonly applier: (ids: readonly bigint[]) => Promise<ApplySummary>
}> {
  const { node, store } = await prepareIn(pool, GOODS)
  const version = (stamp: number, name: string) => (id: bigint) => row(stamp, 'С01', id, name)
  await node.apply(LINE, [1n, 2n, 3n].map(version(1000, 'old')))
  const program = await connect(t)
  const applier = (ids: readonly bigint[]): Promise<ApplySummary> =>
    store.transaction(async (transaction) => {
      const applying = await transaction.beginApplying(SENDER)
      await applying.beginTable(LINE)
      await applying.applyRows(ids.map(version(4_000_000_000_000, 'new')))
      return applying.finish()
    })
  return { node, program, applier }
}

async function conflictsOf(node: PreparedPostgres['node']): Promise<unknown[]> {
  return (await node.store.conflicts()).map(({ winner, ours }) => [winner, ours])
}

/** Applies rows while a program changes something between the fold and the first row. */
async function applyAgainst(
  t: { after(work: () => void): void },
  { program, rows }: { readonly program: string; readonly rows: readonly RowLine[] },
): Promise<PreparedPostgres> {
  const prepared = await prepareIn(pool, `${GOODS}; INSERT INTO goods VALUES (1, 'first')`)
  const client = await connect(t)
  await prepared.store.transaction(async (transaction) => {
    await transaction.fold()
    const applier = await transaction.beginApplying(SENDER)
    await applier.beginTable(LINE)
    await client.query(program)
    await applier.applyRows(rows)
    return applier.finish()
  })
  return prepared
}

/** Resolves when a connection waits for a lock that another one has. */
async function someoneWaits(): Promise<void> {
  while (true) {
    const { rows } = await pool.query('SELECT 1 FROM pg_locks WHERE NOT granted')
    if (rows.length > 0) return
  }
}
