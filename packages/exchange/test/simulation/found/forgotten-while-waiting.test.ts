import { describe } from 'node:test'

import { YEAR_MS } from '../../../simulation/world/times.ts'
import { exchange, itEndsWell, plainShape, plainTable, write } from '../it-ends-well.ts'

/** A table in which two rows may not share a value. */
const shape = plainShape({
  tables: [plainTable({ unique: 'code' })],
  firstRows: [[0, 4], []],
  clocksMs: [0, 4 * YEAR_MS],
})

describe('a row that waits while its node forgets it', () => {
  // Seed 1439. It counted as known to the node that it came from, and was never offered to it. What the tables hold brought it to light.
  itEndsWell('is offered to that node once it has found its place', {
    seed: 1439,
    shape,
    steps: [
      { kind: 'back up', node: 1 },
      write(1, { key: 3, serial: 4, value: 3 }),
      exchange(1),
      { kind: 'restore', node: 1, spool: 'lost' },
      write(0, { key: 1, serial: 10, value: 3 }),
    ],
  })
})
