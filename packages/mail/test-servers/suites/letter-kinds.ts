/** Every kind of letter that this package makes, through every server. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { openSmtp } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf } from '../arrivals.ts'
import { composeAll } from '../composed-letters.ts'
import { BOUNDED, type Laboratory, offers, onePerServer, sendingPorts } from '../laboratory.ts'
import { send, senderAt } from '../letters.ts'

const TIMEOUT_MS = 60_000

export function describeLetterKinds(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)

  describe('A letter of any kind', { timeout: TIMEOUT_MS }, () => {
    for (const port of onePerServer(sendingPorts(laboratory))) {
      if (!offers(port, '8BITMIME')) continue
      for (const chunking of ['when-offered', 'never'] as const) {
        it(`comes out of ${port.id} as it went in, with CHUNKING ${chunking}`, async () => {
          await using connection = await openSmtp(senderAt(laboratory, port), {
            ...BOUNDED,
            chunking,
          })
          const letters = await composeAll(from, to)

          for (const letter of letters) {
            assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
          }

          await assertArrived(maildropServer, letters)
        })
      }
    }
  })
}
