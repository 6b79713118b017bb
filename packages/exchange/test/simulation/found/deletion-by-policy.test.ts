import { describe } from 'node:test'

import { exchange, itEndsWell, plainShape, plainTable, write } from '../it-ends-well.ts'

describe('a deletion that the policy prefers to a later change', () => {
  // The model knew of one version. Two are made, one after the other: that of the policy, and that of the row which stays.
  itEndsWell('gives way in the same message to what refers to the row', {
    seed: 7_000_000,
    shape: plainShape({
      tables: [plainTable(), plainTable({ name: 'sales', parent: 0, onDelete: 'RESTRICT' })],
      policy: 'ours',
    }),
    steps: [
      write(0, { key: 1, serial: 2 }),
      exchange(0),
      exchange(1),
      exchange(0),
      write(1, { verb: 'delete', key: 1, serial: 3 }),
      write(0, { key: 1, serial: 5 }),
      write(0, { table: 1, otherKey: 1, serial: 6 }),
      exchange(1),
      exchange(0),
    ],
  })
})
