import { describe } from 'node:test'

import { LOST } from '../../../simulation/draw/draw-exchanges.ts'
import { CHAIN, exchange, itEndsWell, plainShape, plainTable, write } from '../it-ends-well.ts'

describe('a head office that was restored from a backup', () => {
  // Seed 61536. The model was wrong: what the head office said to make its loss known was nobody’s part, so nobody heard of it.
  itEndsWell('learns what it lost once a node has something to say, where nodes have parts', {
    seed: 61_536,
    shape: plainShape({ firstRows: [[], [0, 1]], policy: 'ours', zones: ['02468', '12'] }),
    steps: [
      exchange(1),
      { kind: 'back up', node: 0 },
      exchange(0),
      exchange(1),
      exchange(0),
      { kind: 'restore', node: 0, spool: 'lost' },
    ],
  })

  // Seed 1017559. The model was wrong: what a node said to make the loss known referred to a row that is not there, and was refused.
  itEndsWell('learns what it lost once a node has something to say that its database takes', {
    seed: 1_017_559,
    shape: plainShape({
      ...CHAIN,
      tables: [plainTable({ parent: 0, onDelete: 'SET NULL' })],
    }),
    steps: [
      { kind: 'back up', node: 0 },
      write(0, { key: 2, serial: 8 }),
      exchange(0),
      exchange(1),
      { kind: 'restore', node: 0, spool: 'kept' },
      { kind: 'exchange', node: 0, instance: 'own', fates: [LOST] },
    ],
  })
})
