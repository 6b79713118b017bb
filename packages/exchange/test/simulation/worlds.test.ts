/** A thousand worlds, each with troubles of its own: `npm run simulate -- --seed N --nodes 2 --steps 4` looks closer at one of them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { WorldProcess } from '../../simulation/run/world-process.ts'

/** Small worlds, for every day; larger ones, of which some have neighbours, find more: `npm run simulate -- --long`. */
const SMALL = { nodes: 2, steps: 4, alone: true }

/** Twenty to thirty seconds of CPU: what else the cores do makes the difference. */
const WORLDS = 1000

describe('nodes in simulated worlds', () => {
  it('lose nothing, double nothing and end with the same rows, whatever happens to them', async () => {
    const worlds = new WorldProcess()

    const result = await worlds.run({ from: 1, to: 1 + WORLDS, story: SMALL, stopAt: 3 })
    worlds.end()

    assert.deepEqual(result.failures, [])
    assert.equal(result.worlds, WORLDS)
  })
})
