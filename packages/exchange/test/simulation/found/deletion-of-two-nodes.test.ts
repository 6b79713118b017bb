import { describe } from 'node:test'

import { itEndsWell } from '../it-ends-well.ts'

describe('a deletion that waits, and that another node tells of as well', () => {
  // Seed 64331. It gave way to what refers to the row, and its record among the rows set aside stayed until the next message.
  itEndsWell('leaves nothing behind when it gives way', {
    seed: 64331,
    shape: {
      codes: ['ЦБ', 'С01', 'С02'],
      links: [
        [0, 1],
        [1, 2],
        [0, 2],
      ],
      tables: [
        {
          name: 'Order Details',
          key: [{ name: 'k"', kind: 'uuid' }],
          note: 'Код',
          refusingNode: 0,
          isWithoutRowid: false,
          isStrict: false,
          areKeysLast: false,
        },
        {
          name: 'select',
          key: [
            { name: 'id', kind: 'text' },
            { name: 'Код', kind: 'integer' },
            { name: 'order', kind: 'integer' },
          ],
          note: 'k"',
          isWithoutRowid: true,
          isStrict: false,
          areKeysLast: false,
          parent: 0,
          onDelete: 'RESTRICT',
        },
      ],
      firstRows: [[], [4], [2, 3, 4]],
      clocksMs: [126144000000, 0, -10800000],
      rules: { window: 3, resendAfterMs: 86400000, messageSizeOctets: 250, keepDeletionsDays: 0 },
      policy: 'latest',
      removal: 'at close',
      capacity: 100,
    },
    steps: [
      {
        kind: 'write',
        node: 1,
        instance: 'own',
        statements: [{ verb: 'upsert', table: 0, key: 1, otherKey: 1, serial: 1, value: 1 }],
        ends: 'commit',
      },
      { kind: 'exchange', node: 1, instance: 'own', fates: [] },
      { kind: 'exchange', node: 2, instance: 'own', fates: [] },
      {
        kind: 'write',
        node: 1,
        instance: 'own',
        statements: [{ verb: 'delete', table: 0, key: 1, otherKey: 1, serial: 2, value: 1 }],
        ends: 'commit',
      },
      {
        kind: 'write',
        node: 2,
        instance: 'own',
        statements: [{ verb: 'upsert', table: 1, key: 0, otherKey: 1, serial: 3, value: 0 }],
        ends: 'commit',
      },
    ],
  })
})
