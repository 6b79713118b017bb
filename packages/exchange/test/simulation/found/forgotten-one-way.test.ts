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
  writeAll,
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

describe('a row that a node deleted in a table of which the head office takes nothing', () => {
  // Seed 125001342. The model was wrong: the head office has acknowledged the deletion, which it did not take, and an older row of it counts.
  itEndsWell('is there again when the head office tells of an older one', {
    seed: 125_001_342,
    shape: plainShape({
      ...STAR,
      tables: [
        plainTable({
          name: 'select',
          key: [
            { name: 'id', kind: 'text' },
            { name: 'Код', kind: 'text' },
          ],
          note: 'k"',
          isWithoutRowid: true,
          hasOwnColumn: true,
          oneWayBy: 'office',
        }),
        plainTable({
          name: 'a "b" c',
          key: [{ name: 'k"', kind: 'uuid' }],
          note: 'Код',
          areKeysLast: true,
        }),
      ],
      clocksMs: [0, 7, 0],
      firstRows: [[], [], [0, 2, 3, 4]],
      rules: plainRules({ messageSizeOctets: 60 }),
    }),
    steps: [
      writeAll(0, { key: 2, serial: 3 }, { verb: 'insert', table: 1, key: 3, serial: 4 }),
      write(2, { verb: 'delete', key: 2, serial: 5 }),
      writeAll(
        0,
        { verb: 'insert', key: 1, serial: 7 },
        { verb: 'insert', table: 1, key: 1, serial: 8 },
      ),
      exchange(2),
    ],
  })
})
