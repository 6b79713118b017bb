/** What can be asked of a server, and is not offered by any of these. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpCapabilityMissing } from '../../src/errors.ts'
import { type Envelope, openSmtp, type SendOptions } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, unchanging } from '../arrivals.ts'
import { BOUNDED, type Laboratory, onePerSecurity, sendingPorts } from '../laboratory.ts'
import { newLetter, rawLetter, send, senderAt } from '../letters.ts'

const TIMEOUT_MS = 60_000

/** A wish, by the keyword of the extension that grants it. */
const WISHES: ReadonlyMap<
  string,
  { readonly delivery?: Envelope['delivery']; readonly options?: SendOptions }
> = new Map([
  ['REQUIRETLS', { delivery: { requireTls: true } }],
  ['DELIVERBY', { delivery: { deliverBy: { seconds: 3_600, otherwise: 'return' } } }],
  ['MT-PRIORITY', { delivery: { priority: 3 } }],
  ['FUTURERELEASE', { delivery: { hold: { forSeconds: 60 } } }],
  ['BINARYMIME', { options: { body: 'BINARYMIME' } }],
])

export function describeMissingExtensions(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)

  describe('An extension of SMTP that is not offered', { timeout: TIMEOUT_MS }, () => {
    for (const port of onePerSecurity(sendingPorts(laboratory))) {
      it(`is not used, and the session with ${port.id} goes on`, async () => {
        const lines: string[] = []
        const log = (line: string): void => void lines.push(line)
        await using connection = await openSmtp(senderAt(laboratory, port), { ...BOUNDED, log })
        const letter = await unchanging(newLetter(from, to))
        const missing = [...WISHES].filter(([keyword]) => !connection.extensions.has(keyword))

        for (const [keyword, { delivery, options }] of missing) {
          const asked = delivery === undefined ? envelope : { ...envelope, delivery }
          const sending = connection.send(asked, rawLetter('x').content(), options)

          await assert.rejects(sending, (error) => {
            assert.ok(error instanceof SmtpCapabilityMissing, String(error))
            assert.equal(error.capability, keyword)
            assert.equal(error.transient, false)
            return true
          })
          assert.ok(connection.isOpen)
        }
        assert.deepEqual(
          lines.filter((line) => line.startsWith('C: MAIL')),
          [],
        )
        assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
        await assertArrived(maildropServer, [letter])
      })
    }
  })
}
