import { describe } from 'node:test'

import { exchange, itEndsWell, plainShape, plainTable, write } from '../it-ends-well.ts'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS

const STAR = {
  codes: ['ЦБ', 'С01', 'С02'],
  links: [
    [0, 1],
    [0, 2],
  ],
} as const

describe('a node that deletes a row of a table that it only takes, and forgets that it did', () => {
  // Seed 62636. The model was wrong: what a node did to a row which it tells nobody of counted as a row that never came.
  itEndsWell('is not thought to lack what it has acknowledged', {
    seed: 62636,
    shape: plainShape({
      ...STAR,
      tables: [plainTable({ oneWayBy: 'office' })],
      clocksMs: [0, 4 * YEAR_MS, 4 * YEAR_MS],
      rules: { window: 3, resendAfterMs: DAY_MS, messageSizeOctets: 10_000, keepDeletionsDays: 0 },
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
