import '../../simulation/hooks/simulated-disk.ts'

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { Failure, Story } from '../../simulation/run/run-world.ts'
import type { Step } from '../../simulation/world/step.ts'

const { shrink } = await import('../../simulation/run/shrink.ts')
const { drawStory } = await import('../../simulation/run/run-world.ts')
const { printTest } = await import('../../simulation/run/print-test.ts')

const FAILURE: Failure = { rule: 'it rains', message: 'it rains: cats and dogs' }

/** Fails when one step comes somewhere after another one. */
function failsFor(first: Step['kind'], second: Step['kind']) {
  return ({ steps }: Story): Promise<Failure | undefined> => {
    const kinds = steps.map(({ kind }) => kind)
    const isThere = kinds.slice(kinds.indexOf(first) + 1).includes(second)
    return Promise.resolve(kinds.includes(first) && isThere ? FAILURE : undefined)
  }
}

describe('a failing story', () => {
  it('is shrunk to the steps without which it does not fail', async () => {
    const story = drawStory(1, { steps: 40 })
    const run = failsFor('write', 'exchange')
    assert.deepEqual(await run(story), FAILURE)

    const { story: shrunk } = await shrink(story, FAILURE, run)

    assert.deepEqual(
      shrunk.steps.map(({ kind }) => kind),
      ['write', 'exchange'],
    )
    assert.equal(shrunk.steps[0]?.kind === 'write' && shrunk.steps[0].statements.length, 1)
    assert.deepEqual(shrunk.steps[1]?.kind === 'exchange' && shrunk.steps[1].fates, [])
  })

  it('is not shrunk to another failure', async () => {
    const story = drawStory(2, { steps: 10 })
    const run = ({ steps }: Story): Promise<Failure | undefined> => {
      return Promise.resolve(steps.length < 10 ? { rule: 'it snows', message: '' } : FAILURE)
    }

    assert.equal((await shrink(story, FAILURE, run)).story.steps.length, 10)
  })

  it('is printed as a test that plays it again', () => {
    const story = drawStory(3, { steps: 2 })

    const text = printTest({ story, failure: FAILURE, tries: 1 })

    assert.match(text, /itEndsWell\('seed 3: it rains', \{/)
    for (const step of story.steps) assert.equal(text.includes(JSON.stringify(step)), true)
  })
})

describe('a story', () => {
  it('is the same each time that it is drawn from its seed', () => {
    assert.deepEqual(drawStory(7), drawStory(7))
    assert.notDeepEqual(drawStory(7), drawStory(8))
  })
})
