import { describe } from 'node:test'

import { itEndsWell } from '../it-ends-well.ts'

describe('a head office that was restored from a backup, and gives nodes parts of a table', () => {
  // Seed 61536. The model was wrong: what the head office said to make its loss known was nobody’s part, so nobody heard of it.
  itEndsWell('learns what it lost once a node has something to say', {
    seed: 61536,
    shape: {
      codes: ['ЦБ', 'С01'],
      links: [[0, 1]],
      tables: [
        {
          name: 'Товары',
          key: [{ name: 'группа', kind: 'integer' }],
          note: 'order',
          isWithoutRowid: false,
          isStrict: true,
          areKeysLast: false,
        },
      ],
      firstRows: [[], [0, 1]],
      clocksMs: [126144000000, 0],
      rules: { window: 3, resendAfterMs: 86400000, messageSizeOctets: 60, keepDeletionsDays: 400 },
      policy: 'ours',
      zones: ['02468', '12'],
      removal: 'at close',
      capacity: 100,
    },
    steps: [
      { kind: 'exchange', node: 1, instance: 'own', fates: [] },
      { kind: 'back up', node: 0 },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
      { kind: 'exchange', node: 1, instance: 'own', fates: [] },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
      { kind: 'restore', node: 0, spool: 'lost' },
    ],
  })
})
