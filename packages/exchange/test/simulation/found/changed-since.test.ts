import { describe } from 'node:test'

import type { WorldShape } from '../../../simulation/world/shape.ts'
import type { Step } from '../../../simulation/world/step.ts'
import { itEndsWell } from '../it-ends-well.ts'

/** A head office that gives its node the rows with an even last digit. */
const shape: WorldShape = {
  codes: ['ЦБ', 'С01'],
  links: [[0, 1]],
  tables: [
    {
      name: 'goods',
      key: [{ name: 'id', kind: 'integer' }],
      note: 'note',
      unique: undefined,
      refusingNode: undefined,
      isWithoutRowid: false,
      isStrict: true,
      areKeysLast: false,
    },
  ],
  firstRows: [[], []],
  clocksMs: [0, 0],
  rules: { window: 3, resendAfterMs: 86_400_000, messageSizeOctets: 250, keepDeletionsDays: 400 },
  policy: 'latest',
  zones: ['0123456789', '02468'],
  removal: 'at close',
  capacity: 100,
}

function write(node: number, serial: number): Step {
  const row = { table: 0, key: 1, otherKey: 1, serial, value: 1 }
  const statements = [{ verb: 'upsert', ...row }] as const
  return { kind: 'write', node, instance: 'own', statements, ends: 'commit' }
}

function exchange(node: number): Step {
  return { kind: 'exchange', node, instance: 'own', fates: [] }
}

describe('a row that leaves the share of the node that made it', () => {
  // Seed 79. It was taken away all the same: of two changes of one node the later one counted as known.
  itEndsWell('stays when the node has changed it since', {
    seed: 79,
    shape,
    steps: [write(1, 7), exchange(1), exchange(0), write(1, 8)],
  })

  // Seed 5. The head office had a newer row under the key, which was not the node's share, and said nothing of it.
  itEndsWell('is taken from the node when it loses to a row that is not its share', {
    seed: 5,
    shape,
    steps: [write(1, 6), write(0, 7)],
  })
})
