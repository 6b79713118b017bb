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
