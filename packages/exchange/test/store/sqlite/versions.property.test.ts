import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { RowLine } from '@obmen/exchange'
import fc from 'fast-check'

import { deletion, PreparedDatabase, row, tableLine } from './prepared-database.ts'

const GOODS = tableLine('goods', 1, { id: 'integer', name: 'text' })

/** Few keys, stamps and nodes, so that versions meet. One version is one content. */
const versions: fc.Arbitrary<RowLine[]> = fc
  .uniqueArray(
    fc.record({
      key: fc.bigInt(1n, 3n),
      stamp: fc.integer({ min: 0, max: 6 }),
      origin: fc.constantFrom('С01', 'С02', 'ЦБ'),
      isDeleted: fc.boolean(),
    }),
    {
      selector: ({ key, stamp, origin }) => `${key} ${stamp} ${origin}`,
      minLength: 2,
      maxLength: 9,
    },
  )
  .map((drafts) =>
    drafts.map(({ key, stamp, origin, isDeleted }) => {
      return isDeleted
        ? deletion(stamp, origin, key)
        : row(stamp, origin, key, `${stamp} ${origin}`)
    }),
  )

/** Each version comes by a way of its own: one sender never goes back, unless it has forgotten something. */
async function stateAfter(messages: readonly RowLine[]): Promise<unknown> {
  const node = new PreparedDatabase('CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT)')
  for (const [place, message] of messages.entries()) {
    await node.apply(GOODS, [message], { code: `П${place}` })
  }
  const index = node.rows('SELECT k1, stamp, origin FROM obmen_index_1 ORDER BY k1')
  const rows = node.rows('SELECT * FROM goods ORDER BY id')
  node.database.close()
  return { index, rows }
}

/** What should be there, found in another way: the last version of each key in the order of versions. */
function newestOf(rows: readonly RowLine[]): unknown {
  const inOrder = rows.toSorted((a, b) => a.stamp - b.stamp || (a.origin < b.origin ? -1 : 1))
  const newest = [...new Map(inOrder.map((version) => [version.values[0], version])).values()]
    .map((version) => ({ ...version, id: Number(version.values[0]) }))
    .toSorted((a, b) => a.id - b.id)
  return {
    index: newest.map(({ id, stamp, origin }) => [id, stamp, origin]),
    rows: newest.filter(({ kind }) => kind === 'row').map(({ id, values }) => [id, values[1]]),
  }
}

describe('versions of a row', () => {
  it('leave the newest of each row, in whatever order they come, and however often', async () => {
    const orders = versions.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray([...rows, ...rows], { minLength: rows.length * 2 }),
      ),
    )

    await fc.assert(
      fc.asyncProperty(orders, async ([rows, shuffled]) => {
        assert.deepEqual(await stateAfter(shuffled), newestOf(rows))
      }),
      { numRuns: 60 },
    )
  })
})
