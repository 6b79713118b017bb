import { describe } from 'node:test'

import { HOUR_MS, YEAR_MS } from '../../../simulation/world/times.ts'
import {
  exchange,
  itEndsWell,
  plainRules,
  plainShape,
  plainTable,
  RING,
  write,
} from '../it-ends-well.ts'

const SALE_KEY = [
  { name: 'order', kind: 'text' },
  { name: 'line', kind: 'integer' },
] as const

describe('a deletion that waits, and that another node tells of as well', () => {
  // Seed 64331. It gave way to what refers to the row, and its record among the rows set aside stayed until the next message.
  itEndsWell('leaves nothing behind when it gives way', {
    seed: 64331,
    shape: plainShape({
      ...RING,
      tables: [
        plainTable({ name: 'goods', key: [{ name: 'id', kind: 'uuid' }], refusingNode: 0 }),
        plainTable({ name: 'sales', key: SALE_KEY, parent: 0, onDelete: 'RESTRICT' }),
      ],
      firstRows: [[], [4], [2, 3, 4]],
      clocksMs: [4 * YEAR_MS, 0, -3 * HOUR_MS],
      rules: plainRules({ messageSizeOctets: 250, keepDeletionsDays: 0 }),
    }),
    steps: [
      write(1, { key: 1, serial: 1 }),
      exchange(1),
      exchange(2),
      write(1, { verb: 'delete', key: 1, serial: 2 }),
      write(2, { table: 1, key: 0, otherKey: 1, serial: 3 }),
    ],
  })
})
