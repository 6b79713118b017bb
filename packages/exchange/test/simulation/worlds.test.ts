/** A thousand worlds, each with troubles of its own: `npm run simulate -- --seed N` looks closer at one of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const { runBatch } = await import('../../simulation/run/batch.ts')

/** Longer stories find more; these are for every day, and the long ones for `npm run simulate -- --long`. */
const STEPS = 8

describe('nodes in simulated worlds', () => {
  it('lose nothing, double nothing and end with the same rows, whatever happens to them', async () => {
    const result = await runBatch({ from: 1, to: 1001, story: { steps: STEPS } }, 3)

    assert.deepEqual(result.failures, [], `look closer with --steps ${STEPS}`)
  })
})
