import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const { drawStory, runStory } = await import('../../simulation/run/run-world.ts')

async function told(seed: number): Promise<string[]> {
  const lines: string[] = []
  await runStory(drawStory(seed), (line) => lines.push(line))
  return lines
}

describe('a simulated world', () => {
  for (const seed of [3, 4, 5]) {
    it(`goes the same way each time that seed ${seed} makes it`, async () => {
      const first = await told(seed)

      assert.deepEqual(await told(seed), first)
      assert.equal(first.length > 10, true)
    })
  }
})
