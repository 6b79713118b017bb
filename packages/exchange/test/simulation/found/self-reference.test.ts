import { describe } from 'node:test'

import { itEndsWell, plainShape, plainTable, writeAll } from '../it-ends-well.ts'

describe('a row that gets the key that it refers to', () => {
  // Seed 5001863. SQLite counted a reference too few, and committed one that points to nothing: programs of the simulation keep from that.
  itEndsWell('lets no other row refer to nothing', {
    seed: 5_001_863,
    shape: plainShape({
      tables: [plainTable({ key: [{ name: 'id', kind: 'text' }], parent: 0 })],
    }),
    steps: [
      writeAll(
        1,
        { otherKey: 1, serial: 5 },
        { key: 4, otherKey: 2, serial: 6 },
        { verb: 'rekey', otherKey: 1, serial: 7 },
      ),
    ],
  })
})

describe('a row that evicts the one that it refers to', () => {
  // Seed 140007281. SQLite emptied the reference, wrote it again, and committed it: programs of the simulation keep from that.
  itEndsWell('refers to nothing that is gone', {
    seed: 140_007_281,
    shape: plainShape({
      tables: [
        plainTable({
          key: [{ name: 'id', kind: 'text' }],
          parent: 0,
          onDelete: 'SET NULL',
          unique: 'place',
        }),
      ],
    }),
    steps: [
      writeAll(0, { serial: 4 }, { key: 1, otherKey: 0, serial: 5 }),
      writeAll(0, { verb: 'evict', key: 1, otherKey: 0, serial: 6, value: 4 }),
    ],
  })
})
