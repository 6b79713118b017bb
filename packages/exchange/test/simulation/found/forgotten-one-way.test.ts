import { describe } from 'node:test'

import { itEndsWell } from '../it-ends-well.ts'

describe('a node that deletes a row of a table that it only takes, and forgets that it did', () => {
  // Seed 62636. The model was wrong: what a node did to a row which it tells nobody of counted as a row that never came.
  itEndsWell('is not thought to lack what it has acknowledged', {
    seed: 62636,
    shape: {
      codes: ['ЦБ', 'С01', 'С02'],
      links: [
        [0, 1],
        [0, 2],
      ],
      tables: [
        {
          name: 'a "b" c',
          key: [{ name: 'id', kind: 'blob' }],
          note: 'k"',
          isWithoutRowid: false,
          isStrict: false,
          areKeysLast: false,
          oneWayBy: 'office',
        },
      ],
      firstRows: [[], [], []],
      clocksMs: [0, 126144000000, 126144000000],
      rules: { window: 3, resendAfterMs: 86400000, messageSizeOctets: 10000, keepDeletionsDays: 0 },
      policy: 'latest',
      removal: 'at close',
      capacity: 100,
    },
    steps: [
      {
        kind: 'write',
        node: 0,
        instance: 'own',
        statements: [{ verb: 'insert', table: 0, key: 0, otherKey: 0, serial: 1, value: 4 }],
        ends: 'commit',
      },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
      { kind: 'exchange', node: 2, instance: 'own', fates: [] },
      {
        kind: 'write',
        node: 2,
        instance: 'own',
        statements: [{ verb: 'delete', table: 0, key: 0, otherKey: 0, serial: 5, value: 0 }],
        ends: 'commit',
      },
      { kind: 'exchange', node: 2, instance: 'own', fates: [] },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
      { kind: 'wait', ms: 864000000 },
      { kind: 'exchange', node: 2, instance: 'own', fates: [] },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
    ],
  })
})
