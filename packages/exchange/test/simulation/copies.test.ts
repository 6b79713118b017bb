/** Worlds in which a copy of a node's database works beside it for as long as it is let. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Instance, Step } from '../../simulation/world/step.ts'
import { exchange, write } from './it-ends-well.ts'

const { drawStory, runStory } = await import('../../simulation/run/run-world.ts')

const WORLDS = 6

/** Both instances write and exchange by turns, with the head office in between. */
const ROUNDS = 6

/** Beyond those that the world draws. */
const SERIAL = 500_000

function round(number: number): Step[] {
  const turn = (instance: Instance, serial: number): Step[] => {
    const row = { key: serial % 5, otherKey: 0, serial: SERIAL + 2 * serial, value: serial }
    return [write(1, row, instance), exchange(1, instance), exchange(0)]
  }
  return [...turn('own', 2 * number), ...turn('copy', 2 * number + 1)]
}

describe('nodes in worlds where a database runs twice', () => {
  it('stop, and hold the same rows once somebody has taken the copy away and begun anew', async () => {
    let stops = 0
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const { shape, steps } = drawStory(seed, { nodes: 2, steps: 4 })
      const rounds = Array.from({ length: ROUNDS }, (_, number) => round(number))
      const story = {
        seed,
        shape,
        steps: [...steps, exchange(1), { kind: 'copy', node: 1 } as const, ...rounds.flat()],
      }

      const failure = await runStory(story, (line) => {
        if (line.includes('begins the exchange of ЦБ')) stops += 1
      })

      assert.equal(failure?.message, undefined, `seed ${seed}`)
    }
    assert.equal(stops > 0, true)
  })
})
