/** Mailboxes without room: what a sender is told depends on when the server finds out. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { formatEnhancedStatus, openSmtp } from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, unchanging } from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  onePerServer,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, newLetter, send, senderAt, shown } from '../letters.ts'
import { awaitLetters, deleteLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** What quota@ has room for. */
const QUOTA_OCTETS = 16_384

export function describeQuota(laboratory: Laboratory): void {
  const { from, to, maildropServer } = correspondenceOf(laboratory)
  const recipients = Object.keys(laboratory.recipients ?? {})
  const full = recipients.find((address) => address.startsWith('full@'))
  const quota = laboratory.users.find(({ address }) => address.startsWith('quota@'))
  if (full === undefined || quota === undefined) return
  // OpenSMTPD takes everything and finds out later.
  const ports = onePerServer(sendingPorts(laboratory)).filter(
    ({ server }) => server !== 'opensmtpd',
  )

  describe('A mailbox', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      it(`that is full is no recipient, and the others are: ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = await unchanging(newLetter(from, to))

        const outcome = await connection.send(envelopeOf(from, full, to), letter.content())

        const [refused, accepted] = outcome.recipients
        assert.ok(refused && accepted)
        assert.equal(shown(refused), 'rejected 552')
        assert.equal(statusOf(refused), '5.2.2')
        assert.equal(shown(accepted), 'accepted 250')
        await assertArrived(maildropServer, [letter])
      })

      it(`has room for a small letter and none for a large one: ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const small = newLetter(from, quota.address, { fileOctets: 10 })
        const large = newLetter(from, quota.address, { fileOctets: QUOTA_OCTETS })
        const toQuota = envelopeOf(from, quota.address)

        // Only what the letter's size is told of can be refused for it.
        const { recipients: outcomes } = await connection.send(toQuota, large.content(), {
          sizeOctets: await sizeOf(large.content()),
        })
        const taken = await send(connection, toQuota, small)

        const [refused] = outcomes
        assert.ok(refused)
        assert.equal(shown(refused), 'rejected 552')
        assert.equal(statusOf(refused), '5.2.2')
        assert.deepEqual(taken, ['accepted 250'])
        await deleteLetters(await awaitLetters(quotaMaildrop(), [small]))
      })
    }
  })

  function quotaMaildrop(): ReturnType<typeof toMailServer> {
    const [pop3] = passwordPorts(laboratory, 'pop3')
    assert.ok(pop3 && quota)
    return toMailServer(laboratory, pop3, { user: quota.login, password: quota.password })
  }
}

function statusOf({ reply }: Parameters<typeof shown>[0]): string {
  return reply?.enhancedStatus === undefined ? '' : formatEnhancedStatus(reply.enhancedStatus)
}

async function sizeOf(content: AsyncIterable<Uint8Array>): Promise<number> {
  let octets = 0
  for await (const piece of content) octets += piece.length
  return octets
}
