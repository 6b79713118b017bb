import { describe } from 'node:test'

import { exchange, itEndsWell, plainShape, write } from '../it-ends-well.ts'

/** A head office that gives its node the rows with an even last digit. */
const shape = plainShape({ zones: ['0123456789', '02468'] })

describe('a row that leaves the share of the node that made it', () => {
  // Seed 79. It was taken away all the same: of two changes of one node the later one counted as known.
  itEndsWell('stays when the node has changed it since', {
    seed: 79,
    shape,
    steps: [write(1, { serial: 7 }), exchange(1), exchange(0), write(1, { serial: 8 })],
  })

  // Seed 5. The head office had a newer row under the key, which was not the node's share, and said nothing of it.
  itEndsWell('is taken from the node when it loses to a row that is not its share', {
    seed: 5,
    shape,
    steps: [write(1, { serial: 6 }), write(0, { serial: 7 })],
  })
})
