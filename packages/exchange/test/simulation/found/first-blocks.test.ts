import { describe } from 'node:test'

import { exchange, itEndsWell, plainShape, plainTable, writeAll } from '../it-ends-well.ts'

const ORDERS = plainTable({ keyBlocks: { size: 6, reserve: 2 } })

const INSERT = { verb: 'insert' } as const

describe('a node that counts to the end of its first block before it has it', () => {
  // Seed 30060453. The block was on its way for ever: the node had no use for it, and the head office took it for whole.
  itEndsWell('gets another one', {
    seed: 30_060_453,
    shape: plainShape({ tables: [ORDERS] }),
    steps: [
      exchange(1),
      exchange(0),
      { kind: 'lose', letter: 0 },
      writeAll(1, ...[1, 2, 3, 4, 5, 6].map((serial) => ({ ...INSERT, serial }))),
      writeAll(1, ...[7, 8, 9, 10, 11, 12].map((serial) => ({ ...INSERT, serial }))),
    ],
  })
})
