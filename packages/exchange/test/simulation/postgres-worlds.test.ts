/** Worlds with nodes in PostgreSQL: `npm run simulate -- --postgres --seed N --nodes 2 --steps 4` looks closer at one of them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { WorldProcess } from '../../simulation/run/world-process.ts'
import { startPostgres } from '../store/postgres/test-server.ts'

/** Small worlds, for every day; larger ones find more. */
const SMALL = { nodes: 2, steps: 4, alone: true, postgres: true }

const WORLDS = 3

const { address } = await startPostgres()
const worlds = new WorldProcess()

describe('nodes in simulated worlds with PostgreSQL', () => {
  it('lose nothing, double nothing and end with the same rows, whatever happens to them', async () => {
    const result = await worlds.run({ from: 1, to: 1 + WORLDS, story: SMALL, server: address })

    assert.deepEqual(result.failures, [])
    assert.equal(result.worlds, WORLDS)
  })

  it('go the same way each time that a seed makes them', async () => {
    const batch = { from: 7, to: 8, story: SMALL, server: address, isTold: true }

    const first = await worlds.run(batch)

    assert.equal(first.told.length > 10, true)
    assert.deepEqual((await worlds.run(batch)).told, first.told)
    worlds.end()
  })
})
