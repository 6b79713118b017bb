/** Batches that are like the one before, and batches that only seemed to be. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { parseNodeCode, type RowLine } from '@obmen/exchange'

import { deletion, row, tableLine } from '../contract/store-to-try.ts'
import { type PreparedPostgres, prepareIn } from './prepared-postgres.ts'
import { startPostgres } from './test-server.ts'

const server = await startPostgres()
const pool = await server.newDatabase()

const GOODS = `CREATE TABLE goods (id integer PRIMARY KEY, name text CHECK (name <> 'bad'))`
const LINE = tableLine('goods', 1, { id: 'integer', name: 'text' })
const SENDER = { code: parseNodeCode('С01'), acknowledgedSeq: 0, nowMs: 1_800_000_000_000 }

function rows(stamp: number, name: string, ids: readonly bigint[]): RowLine[] {
  return ids.map((id) => row(stamp, 'С01', id, name))
}

/** Applies batches of one message; gives how many rows were applied, were outdated, and were refused. */
async function apply(
  { store }: PreparedPostgres,
  batches: readonly (readonly RowLine[])[],
): Promise<number[]> {
  const summary = await store.transaction(async (transaction) => {
    await transaction.fold()
    const applier = await transaction.beginApplying(SENDER)
    await applier.beginTable(LINE)
    for (const batch of batches) await applier.applyRows(batch)
    return applier.finish()
  })
  return [summary.applied, summary.outdated, summary.refused]
}

const TABLE = 'SELECT id, name FROM goods ORDER BY id'
const POSITIONS = 'SELECT k1, seq, stamp, via FROM obmen_exchange.index_1 ORDER BY seq'

describe('a batch of rows', () => {
  it('may be new like the one before, known like the one before, or of both kinds', async () => {
    const prepared = await prepareIn(pool, GOODS)

    const summary = await apply(prepared, [
      rows(1000, 'a', [1n]),
      rows(1000, 'a', [2n, 3n]),
      rows(2000, 'b', [3n, 4n]),
      rows(3000, 'c', [1n]),
      rows(3000, 'c', [4n, 2n]),
      rows(3000, 'c', [5n, 6n]),
    ])

    assert.deepEqual(summary, [10, 0, 0])
    assert.deepEqual(await prepared.node.rows(TABLE), [
      ['1', 'c'],
      ['2', 'c'],
      ['3', 'b'],
      ['4', 'c'],
      ['5', 'c'],
      ['6', 'c'],
    ])
    assert.deepEqual(await prepared.node.rows(POSITIONS), [
      ['3', '4', '2000', 'С01'],
      ['1', '6', '3000', 'С01'],
      ['4', '7', '3000', 'С01'],
      ['2', '8', '3000', 'С01'],
      ['5', '9', '3000', 'С01'],
      ['6', '10', '3000', 'С01'],
    ])
  })

  it('leaves nothing of a row that is older, gone or refused among those that are like the batch before', async () => {
    const prepared = await prepareIn(pool, GOODS)
    await apply(prepared, [rows(1000, 'a', [1n, 2n, 3n])])
    await prepared.node.apply(LINE, [deletion(5000, 'С01', 3n)], { code: 'С02' })

    const summary = await apply(prepared, [
      rows(2000, 'b', [1n]),
      rows(2000, 'b', [2n]),
      rows(1500, 'old', [2n]),
      rows(3000, 'c', [1n]),
      [...rows(3000, 'c', [2n]), ...rows(4000, 'gone', [3n])],
      rows(6000, 'back', [3n]),
      rows(7000, 'bad', [2n]),
      rows(1000, 'd', [4n]),
      rows(1000, 'd', [5n]),
      [...rows(1000, 'bad', [6n]), ...rows(1000, 'd', [7n])],
    ])

    assert.deepEqual(summary, [8, 2, 2])
    assert.deepEqual(await prepared.node.rows(TABLE), [
      ['1', 'c'],
      ['2', 'c'],
      ['3', 'back'],
      ['4', 'd'],
      ['5', 'd'],
      ['7', 'd'],
    ])
  })

  it('takes the place of a row that is there although the index does not know of it, with the others', async () => {
    const prepared = await prepareIn(pool, GOODS)
    await prepared.node.sql(
      `SET obmen.applying = 'on'; INSERT INTO goods VALUES (3, 'unknown'); RESET obmen.applying`,
    )

    const summary = await apply(prepared, [
      rows(1000, 'a', [1n]),
      rows(1000, 'a', [2n, 3n]),
      rows(1000, 'a', [4n]),
    ])

    assert.deepEqual(summary, [4, 0, 0])
    assert.deepEqual((await prepared.node.rows(TABLE))[2], ['3', 'a'])
  })
})
