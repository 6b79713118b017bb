import { describe } from 'node:test'

import type { Step } from '../../../simulation/world/step.ts'
import { exchange, itEndsWell, plainShape, plainTable, writeAll } from '../it-ends-well.ts'

const ORDERS = plainTable({ keyBlocks: { size: 6, reserve: 2 } })

/** So many orders, whose keys the database counts. */
function enter(node: number, count: number, serial: number): Step {
  const rows = Array.from({ length: count }, (_, index) => {
    return { verb: 'insert', serial: serial + index } as const
  })
  return writeAll(node, ...rows)
}

describe('a head office that lost its marks', () => {
  // Seed 1018 of the worlds with PostgreSQL. The model was wrong: nobody knows any more what was handed out, so nothing tells the two givers apart.
  itEndsWell('hands out a block again, and tells of its keys before their first owner gives them', {
    seed: 1018,
    shape: plainShape({ tables: [ORDERS] }),
    steps: [
      exchange(1),
      exchange(0),
      exchange(1),
      { kind: 'back up', node: 0 },
      enter(1, 8, 1),
      exchange(1),
      exchange(0),
      exchange(1),
      { kind: 'restore', node: 0, spool: 'lost' },
      enter(0, 8, 11),
      exchange(0),
      enter(0, 8, 21),
      exchange(0),
      enter(0, 8, 31),
      exchange(0),
      enter(1, 6, 41),
    ],
  })
})
