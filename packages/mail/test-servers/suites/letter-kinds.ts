/** Every kind of letter that this package makes, through every server. */
import { describe, it } from 'node:test'

import { assertArrived, correspondenceOf } from '../arrivals.ts'
import { composeAll } from '../composed-letters.ts'
import { BOUNDED, type Laboratory, offers, onePerServer, sendingPorts } from '../laboratory.ts'
import { sendEach } from '../letters.ts'

const TIMEOUT_MS = 60_000

export function describeLetterKinds(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)

  describe('A letter of any kind', { timeout: TIMEOUT_MS }, () => {
    for (const port of onePerServer(sendingPorts(laboratory))) {
      if (!offers(port, '8BITMIME')) continue
      for (const chunking of ['when-offered', 'never'] as const) {
        it(`comes out of ${port.id} as it went in, with CHUNKING ${chunking}`, async () => {
          const letters = await composeAll(from, to)

          await sendEach(laboratory, port, {
            envelope,
            letters,
            options: { ...BOUNDED, chunking },
          })

          await assertArrived(maildropServer, letters)
        })
      }
    }
  })
}
