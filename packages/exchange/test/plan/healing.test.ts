/** Schedules by which nodes once fell silent, or talked for ever, without ending in step. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type Fate, ModelWorld, type Step, type Topology } from './model-world.ts'

const TAKEN: Fate = { verdict: 'taken', delays: [0], isDamaged: false, hasHint: true }
const LOST: Fate = { ...TAKEN, delays: [] }
const UNKNOWN: Fate = { ...TAKEN, verdict: 'unknown' }
const REFUSED: Fate = { ...TAKEN, verdict: 'refused' }
const UNMARKED: Fate = { ...TAKEN, hasHint: false }

function write(node: number, key = 'a'): Step {
  return { kind: 'write', node, key, deletes: false }
}

/** Letters beyond the fates that are given arrive; a message holds one row. */
function exchange(node: number, ...fates: readonly Fate[]): Step {
  return { kind: 'exchange', node, fates, rowBound: 1 }
}

function backUp(node: number): Step {
  return { kind: 'back-up', node }
}

function restore(node: number): Step {
  return { kind: 'restore', node, withSpool: false }
}

const LONG_WAIT: Step = { kind: 'wait', ms: 1000 }

interface Schedule {
  readonly name: string
  readonly steps: readonly Step[]
  readonly topology?: Topology
}

/** Runs the schedule, lets everything work, and gives the number of forks that were seen. */
function heal({ steps, topology = [[0, 1]] }: Schedule): number {
  const world = new ModelWorld(topology)
  world.run(steps)
  world.heal()
  world.checkConvergence()
  return world.forks
}

describe('nodes come to rest with the same rows', () => {
  const schedules: readonly Schedule[] = [
    {
      name: 'after an acknowledgement that comes when a part was offered again already',
      steps: [
        write(0),
        exchange(0),
        write(0),
        write(0, 'f'),
        exchange(0),
        LONG_WAIT,
        exchange(0, LOST),
        write(0, 'd'),
        exchange(0),
      ],
    },
    {
      name: 'when the receiver has overwritten every row of a lost message',
      steps: [
        write(1, 'c'),
        write(1, 'e'),
        write(0, 'e'),
        exchange(0, LOST),
        write(0, 'c'),
        exchange(0),
        write(1, 'd'),
        LONG_WAIT,
        exchange(0, LOST),
        write(0, 'd'),
      ],
    },
    {
      name: 'when each of them waits for a message of the other that was lost',
      steps: [
        write(0),
        exchange(0, LOST),
        write(1),
        exchange(1, LOST),
        write(0),
        exchange(0),
        write(1),
        exchange(1),
      ],
    },
    {
      name: 'when an acknowledgement was lost, and the next message comes before another one',
      steps: [write(0), exchange(0), exchange(1, LOST), write(1, 'b'), exchange(1)],
    },
    {
      name: 'when a letter was refused that an earlier try had delivered',
      steps: [write(0), exchange(0, UNKNOWN), exchange(0, REFUSED), write(0, 'b'), exchange(0)],
    },
  ]
  for (const schedule of schedules) {
    it(schedule.name, () => {
      assert.equal(heal(schedule), 0)
    })
  }
})

describe('a node that was restored is in step again', () => {
  const schedules: readonly Schedule[] = [
    {
      name: 'after it reused a number by a letter that was refused',
      steps: [
        write(1),
        exchange(1),
        backUp(1),
        exchange(0),
        write(1),
        exchange(1),
        restore(1),
        write(1),
        exchange(1, REFUSED),
        write(0),
        exchange(0),
      ],
    },
    {
      name: 'although a letter from before acknowledges something and waits in the mailbox',
      steps: [
        write(0),
        exchange(0, LOST),
        backUp(0),
        write(1),
        exchange(1),
        exchange(0, UNMARKED),
        restore(0),
        write(0),
        exchange(0),
      ],
    },
    {
      name: 'although it counts on from a number whose message was lost',
      steps: [
        write(0),
        backUp(1),
        exchange(0),
        exchange(1, LOST),
        write(1),
        exchange(1),
        exchange(0),
        write(0),
        exchange(0),
        restore(1),
        write(0, 'b'),
        exchange(0),
      ],
    },
    {
      name: 'although what it asked for first was lost',
      steps: [
        backUp(1),
        write(0),
        exchange(0),
        write(0),
        exchange(1),
        restore(1),
        exchange(0),
        exchange(1, LOST),
        write(0),
        exchange(0),
      ],
    },
    {
      name: 'although it lies further behind than messages are remembered',
      steps: [
        write(1),
        exchange(1),
        exchange(0),
        backUp(1),
        ...Array.from({ length: 260 }, () => [write(0), exchange(0), write(1), exchange(1)]).flat(),
        exchange(0),
        exchange(1),
        restore(1),
        write(1),
        exchange(1),
      ],
    },
    {
      name: 'although it alone has something to say, and the other one has left its epoch',
      steps: [
        write(1),
        exchange(1),
        backUp(1),
        exchange(0),
        write(1),
        exchange(1),
        restore(1),
        write(1),
        exchange(1),
        exchange(0),
        exchange(1),
        exchange(0),
        exchange(1),
        exchange(0),
        restore(1),
        write(1),
        exchange(1),
      ],
    },
  ]
  for (const schedule of schedules) {
    it(schedule.name, () => {
      assert.ok(heal(schedule) > 0)
    })
  }
})
