import { describe } from 'node:test'

import { itEndsWell } from '../it-ends-well.ts'

describe('a row that waits, and came from a copy of a node that is gone', () => {
  // Seed 20170. When it fitted at last it was said to have come from the node, which never saw it, and was not offered to it.
  itEndsWell('is offered to the node when it fits', {
    seed: 20170,
    shape: {
      codes: ['ЦБ', 'С01'],
      links: [[0, 1]],
      tables: [
        {
          name: 'goods',
          key: [{ name: 'Код', kind: 'text' }],
          note: 'группа',
          unique: 'z',
          isWithoutRowid: true,
          isStrict: false,
          areKeysLast: false,
          hasOwnColumn: true,
          parent: 0,
          onDelete: 'SET NULL',
        },
      ],
      firstRows: [[3, 4], [2]],
      clocksMs: [-10800000, -63072000000],
      rules: { window: 1, resendAfterMs: 86400000, messageSizeOctets: 250, keepDeletionsDays: 400 },
      policy: 'latest',
      removal: 'at once',
      capacity: 4,
    },
    steps: [
      {
        kind: 'write',
        node: 0,
        instance: 'own',
        statements: [{ verb: 'replace', table: 1, key: 2, otherKey: 2, serial: 1, value: 0 }],
        ends: 'commit',
      },
      { kind: 'exchange', node: 0, instance: 'own', fates: [] },
      { kind: 'exchange', node: 1, instance: 'own', fates: [] },
      { kind: 'copy', node: 0 },
      {
        kind: 'write',
        node: 0,
        instance: 'own',
        statements: [{ verb: 'replace', table: 0, key: 3, otherKey: 2, serial: 3, value: 3 }],
        ends: 'commit',
      },
      {
        kind: 'write',
        node: 1,
        instance: 'own',
        statements: [{ verb: 'delete', table: 0, key: 2, otherKey: 2, serial: 6, value: 2 }],
        ends: 'commit',
      },
      {
        kind: 'write',
        node: 0,
        instance: 'copy',
        statements: [{ verb: 'upsert', table: 0, key: 3, otherKey: 2, serial: 7, value: 3 }],
        ends: 'commit',
      },
      { kind: 'exchange', node: 0, instance: 'copy', fates: [] },
    ],
  })
})
