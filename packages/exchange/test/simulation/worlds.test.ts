/** A thousand worlds, each with troubles of its own: `npm run simulate -- --seed N --nodes 2 --steps 5` looks closer at one of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const { runBatch } = await import('../../simulation/run/batch.ts')

/** Small worlds, for every day; larger ones find more: `npm run simulate -- --long`. */
const SMALL = { nodes: 2, steps: 5 }

describe('nodes in simulated worlds', () => {
  it('lose nothing, double nothing and end with the same rows, whatever happens to them', async () => {
    const result = await runBatch({ from: 1, to: 1001, story: SMALL }, 3)

    assert.deepEqual(result.failures, [])
  })
})
