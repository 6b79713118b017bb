import { describe } from 'node:test'

import type { Fate, Step } from '../../../simulation/world/step.ts'
import { DAY_MS, YEAR_MS } from '../../../simulation/world/times.ts'
import {
  exchange,
  itEndsWell,
  plainRules,
  plainShape,
  plainTable,
  STAR,
  write,
} from '../it-ends-well.ts'

/** An exchange whose connection breaks before the first letter is confirmed: it comes late, or never. */
function brokenExchange(node: number, verdict: Fate['verdict'], delayMs = 0): Step {
  const letter = { verdict, delaysMs: [delayMs], damage: 'none', hint: 'kept' } as const
  return { kind: 'exchange', node, instance: 'own', fates: [letter] }
}

describe('a deletion that a node was told nothing of, because the row was none of its part', () => {
  // Seed 8025202. The model was wrong: such a deletion is forgotten before the node has told everything, and then the node's row, by a clock
  // that is behind, is taken by those who forgot, and not by those who did not.
  itEndsWell('may be newer than what the node tells late', {
    seed: 8_025_202,
    shape: plainShape({
      ...STAR,
      tables: [plainTable()],
      firstRows: [[1], [], []],
      clocksMs: [0, -2 * YEAR_MS, 0],
      rules: plainRules({ keepDeletionsDays: 0 }),
      zones: ['', '13579', '02468'],
    }),
    steps: [
      write(1, { verb: 'insert', key: 1, serial: 2 }),
      exchange(0),
      write(0, { verb: 'delete', key: 1, serial: 5 }),
      exchange(0),
      exchange(2),
      { kind: 'wait', ms: 10 * DAY_MS },
    ],
  })
})

describe('a deletion that a node is told of late, because the row was none of its part before', () => {
  // Seed 140025392. The deletion was forgotten before the node had acknowledged it, and a letter of the node that was on its way was taken.
  itEndsWell('is not forgotten before the node knows it', {
    seed: 140_025_392,
    shape: plainShape({
      ...STAR,
      tables: [plainTable()],
      clocksMs: [0, -6 * YEAR_MS, 0],
      rules: plainRules({ keepDeletionsDays: 0 }),
      zones: ['02468', '0123456789', '12'],
    }),
    steps: [
      { kind: 'zone', node: 1, zone: '' },
      write(0, { key: 4, serial: 42 }),
      exchange(0),
      write(0, { verb: 'delete', key: 4, serial: 43 }),
      { kind: 'zone', node: 1, zone: '0123456789' },
      write(1, { key: 4, serial: 44 }),
      brokenExchange(1, 'unknown, taken', 2 * DAY_MS),
      exchange(0),
      exchange(2),
      { kind: 'wait', ms: 2 * DAY_MS },
      brokenExchange(1, 'unknown, lost'),
    ],
  })
})
