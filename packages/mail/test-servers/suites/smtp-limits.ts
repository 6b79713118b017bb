import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpSizeExceeded } from '../../src/errors.ts'
import { openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  mailboxAt,
  onePerServer,
  openPorts,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, newLetter, rawLetter, send, senderAt } from '../letters.ts'
import { awaitLetters, deleteLetters, presentLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** As long as a line may be. Exim and OpenSMTPD count a line end as one octet, so a little too much is not too much. */
const LINE = `${'x'.repeat(998)}\r\n`

export function describeSmtpLimits(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && receiver && pop3)
  const mailbox = mailboxAt(pop3, receiver)
  assert.ok(mailbox)
  const envelope = envelopeOf(sender.address, mailbox.address)
  const maildropServer = toMailServer(laboratory, pop3, mailbox)
  const small = openPorts(laboratory).filter(({ id }) => id === 'postfix-small')
  // Servers without SIZE have a limit too, but don't say which.
  const limited = [...onePerServer(sendingPorts(laboratory)), ...small]

  describe('SMTP limits', { timeout: TIMEOUT_MS }, () => {
    for (const port of limited) {
      it(`of size are kept before the letter is sent to ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, mailbox.address)
        const { sizeLimit = 0 } = connection.extensions
        const tooLarge = connection.send(envelope, letter.content(), { sizeOctets: sizeLimit + 1 })

        await assert.rejects(tooLarge, (error) => {
          assert.ok(error instanceof SmtpSizeExceeded, String(error))
          assert.equal(error.limitOctets, sizeLimit)
          return true
        })
        assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
        await deleteLetters(await awaitLetters(maildropServer, [letter]))
      })

      it(`of size stop a letter of unknown size on its way to ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const { sizeLimit = 0 } = connection.extensions
        const letter = rawLetter(LINE.repeat(Math.ceil((sizeLimit * 1.01) / LINE.length)))

        await assert.rejects(connection.send(envelope, letter.content()), (error) => {
          assert.ok(error instanceof SmtpSizeExceeded, String(error))
          assert.deepEqual([error.isBegun, error.limitOctets], [true, sizeLimit])
          return true
        })
        assert.equal(connection.isOpen, connection.extensions.has('CHUNKING'))
        assert.deepEqual(await presentLetters(maildropServer, [letter]), [])
      })
    }

    for (const port of small) {
      it(`of recipients divide a letter that has too many for ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, mailbox.address)
        const details = ['2', '3', '4', '5', '6', '7', '8'].map((detail) =>
          mailbox.address.replace('@', `+${detail}@`),
        )
        const many = envelopeOf(sender.address, mailbox.address, ...details)

        const outcomes = await send(connection, many, letter)
        await deleteLetters(await awaitLetters(maildropServer, [letter]))

        // Five in the first transaction, and the three that were answered 452 in another.
        assert.deepEqual(
          outcomes,
          Array.from({ length: 8 }, () => 'accepted 250'),
        )
      })
    }
  })
}
