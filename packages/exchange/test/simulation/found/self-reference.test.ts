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
