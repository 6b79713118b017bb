import { describe } from 'node:test'

import { YEAR_MS } from '../../../simulation/world/times.ts'
import { exchange, itEndsWell, plainShape, plainTable, write } from '../it-ends-well.ts'

/** A table in which two rows may not share a value. */
const tables = [plainTable({ unique: 'code' })]

describe('a row that had to give way, or might have had to, before the clock was set back', () => {
  // Seed 1019346. The model was wrong: a row that was nearly evicted, and deleted later, has the time of the first.
  itEndsWell('has the version that its node gave it when it is deleted', {
    seed: 1_019_346,
    shape: plainShape({ tables, isStrict: true }),
    steps: [
      write(1, { key: 4, serial: 3, value: 1 }),
      write(1, { verb: 'ignore', key: 1, serial: 4, value: 1 }),
      { kind: 'clock', node: 1, byMs: -3 * YEAR_MS },
    ],
  })

  // Seed 1022351. The model was wrong: a row that was evicted, and entered once more, has the time of the second.
  itEndsWell('has the version that its node gave it when it is entered once more', {
    seed: 1_022_351,
    shape: plainShape({
      tables,
      firstRows: [
        [1, 2, 4],
        [2, 4],
      ],
    }),
    steps: [
      write(0, { verb: 'evict', key: 1, serial: 2, value: 4 }),
      { kind: 'clock', node: 0, byMs: -3 * YEAR_MS },
      write(0, { verb: 'insert', key: 4, serial: 4, value: 1 }),
    ],
  })

  // Seed 30069016. The model was wrong: the time of the second is before all that the row had, and then its version is the next one.
  itEndsWell('has the version that its node gave it when it had a later one than the clock says', {
    seed: 30_069_016,
    shape: plainShape({ tables, firstRows: [[0, 1, 4], []] }),
    steps: [
      write(0, { verb: 'replace', key: 4, serial: 6, value: 4 }),
      exchange(0),
      exchange(1),
      write(1, { verb: 'evict', key: 0, serial: 7, value: 4 }),
      { kind: 'clock', node: 1, byMs: -3 * YEAR_MS },
      write(1, { verb: 'insert', key: 4, serial: 14, value: 0 }),
      exchange(1),
    ],
  })
})
