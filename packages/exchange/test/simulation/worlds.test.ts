/** Some hundred worlds, each with troubles of its own: `npm run simulate -- --seed N --nodes 2 --steps 5` looks closer at one of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const { runBatch } = await import('../../simulation/run/batch.ts')

/** Small worlds, for every day; larger ones find more: `npm run simulate -- --long`. */
const SMALL = { nodes: 2, steps: 5 }

/** About ten seconds of CPU. A thousand of them take half a minute, and are run by `npm run simulate -- --nodes 2 --steps 5`. */
const WORLDS = 200

describe('nodes in simulated worlds', () => {
  it('lose nothing, double nothing and end with the same rows, whatever happens to them', async () => {
    const result = await runBatch({ from: 1, to: 1 + WORLDS, story: SMALL }, 3)

    assert.deepEqual(result.failures, [])
  })
})
