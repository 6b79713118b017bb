import { describe } from 'node:test'

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

describe('a node that deletes a row of a table that it only takes, and forgets that it did', () => {
  // Seed 62636. The model was wrong: what a node did to a row which it tells nobody of counted as a row that never came.
  itEndsWell('is not thought to lack what it has acknowledged', {
    seed: 62636,
    shape: plainShape({
      ...STAR,
      tables: [plainTable({ oneWayBy: 'office' })],
      clocksMs: [0, 4 * YEAR_MS, 4 * YEAR_MS],
      rules: plainRules({ keepDeletionsDays: 0 }),
    }),
    steps: [
      write(0, { serial: 1 }),
      exchange(0),
      exchange(2),
      write(2, { verb: 'delete', serial: 5 }),
      exchange(2),
      exchange(0),
      { kind: 'wait', ms: 10 * DAY_MS },
      exchange(2),
      exchange(0),
    ],
  })
})

describe('a node that only takes, and whose copy took a row in its place', () => {
  // Seed 500554. The model was wrong: what a node said to make its loss known was in a table of which it tells nobody.
  itEndsWell('learns what it lacks once the head office has something to say', {
    seed: 500_554,
    shape: plainShape({ ...STAR, tables: [plainTable({ oneWayBy: 'nodes' })] }),
    steps: [{ kind: 'copy', node: 1 }, write(0, { serial: 8 }), exchange(0), exchange(1, 'copy')],
  })
})
