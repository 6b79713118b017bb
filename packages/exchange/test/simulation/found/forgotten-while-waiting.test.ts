import { describe } from 'node:test'

import type { WorldShape } from '../../../simulation/world/shape.ts'
import type { Step } from '../../../simulation/world/step.ts'
import { itEndsWell } from '../it-ends-well.ts'

/** A table in which two rows may not share a value. */
const shape: WorldShape = {
  codes: ['ЦБ', 'С01'],
  links: [[0, 1]],
  tables: [
    {
      name: 'Order Details',
      key: [
        { name: 'order', kind: 'uuid' },
        { name: 'a b', kind: 'text' },
      ],
      note: 'z',
      unique: 'id',
      refusingNode: undefined,
      isWithoutRowid: true,
      isStrict: true,
      areKeysLast: true,
      hasOwnColumn: true,
    },
  ],
  firstRows: [[0, 4], []],
  clocksMs: [0, 126_144_000_000],
  rules: { window: 3, resendAfterMs: 86_400_000, messageSizeOctets: 10_000, keepDeletionsDays: 0 },
  policy: 'latest',
  removal: 'at close',
  capacity: 4,
}

function write(node: number, row: { readonly key: number; readonly serial: number }): Step {
  const statements = [{ verb: 'upsert', table: 0, otherKey: 3, value: 3, ...row }] as const
  return { kind: 'write', node, instance: 'own', statements, ends: 'commit' }
}

describe('a row that waits while its node forgets it', () => {
  // The row counted as known to the node that it came from, and was offered to it never again. What the tables hold brought it to light.
  itEndsWell('is offered to that node once it has found its place', {
    seed: 1439,
    shape,
    steps: [
      { kind: 'back up', node: 1 },
      write(1, { key: 3, serial: 4 }),
      { kind: 'exchange', node: 1, instance: 'own', fates: [] },
      { kind: 'restore', node: 1, spool: 'lost' },
      write(0, { key: 1, serial: 10 }),
    ],
  })
})
