/** Worlds that failed once, and what makes tests of them. */
import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { it } from 'node:test'

import type { Story } from '../../simulation/run/run-world.ts'

// The engine must not be loaded before it is put on simulated disks.
const { runStory } = await import('../../simulation/run/run-world.ts')

/** A test that a story ends as it should. */
export function itEndsWell(name: string, story: Story): void {
  it(name, async () => {
    assert.equal((await runStory(story))?.message, undefined)
  })
}
