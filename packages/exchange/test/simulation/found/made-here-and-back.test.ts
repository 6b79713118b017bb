import { describe } from 'node:test'

import { exchange, itEndsWell, plainShape, STAR } from '../it-ends-well.ts'

describe('a row that left the share of the node that made it, and entered it again', () => {
  // Seed 240007597. The world was wrong: nobody else has the row with that column.
  itEndsWell('travels once more when the table has a column more meanwhile', {
    seed: 240_007_597,
    shape: plainShape({
      ...STAR,
      firstRows: [[], [0, 1], []],
      zones: ['12', '13579', '12'],
    }),
    steps: [
      exchange(1),
      exchange(0),
      { kind: 'zone', node: 1, zone: '02468' },
      { kind: 'add column', node: 1 },
      exchange(0),
    ],
  })
})
