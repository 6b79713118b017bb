import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpCapabilityMissing } from '../../src/errors.ts'
import { openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  mailboxAt,
  onePerServer,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, newLetter, rawLetter, send, senderAt } from '../letters.ts'
import { assertSameLetter, awaitLetters, deleteLetters, readLetter } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** Enough to see that one letter leaves nothing behind that the next would suffer from. */
const LETTERS_IN_A_ROW = 5

/** Every line that dot stuffing could get wrong, the last without an end. */
const DOTTED = `.\r\n..\r\n.a\r\n\r\n.\r\n...\r\n${'.'.repeat(900)}\r\n.`

/** What no letter should hold, and some do. A `.` between bare line feeds ends a letter for servers that are too kind. */
const BARE = 'one\rtwo\nthree\r\rfour\n\nfive\r\n.\nsix\n.\nseven\r.\r\neight\n.\r\nnine\r'

export function describeSmtpSending(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && receiver && pop3)
  const mailbox = mailboxAt(pop3, receiver)
  assert.ok(mailbox)
  const envelope = envelopeOf(sender.address, mailbox.address)
  const maildropServer = toMailServer(laboratory, pop3, mailbox)

  describe('SMTP sending', { timeout: TIMEOUT_MS }, () => {
    for (const port of sendingPorts(laboratory)) {
      it(`delivers letter after letter by ${port.id}`, async () => {
        const letters = Array.from({ length: LETTERS_IN_A_ROW }, () =>
          newLetter(sender.address, mailbox.address),
        )
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)

        const outcomes = await Promise.all(
          letters.map((letter) => send(connection, envelope, letter)),
        )
        const found = await awaitLetters(maildropServer, letters)

        assert.deepEqual(
          outcomes,
          letters.map(() => ['accepted 250']),
        )
        for (const [index, letter] of letters.entries()) {
          assertSameLetter(await readLetter(found.maildrop, found.numbers[index] ?? 0), letter)
        }
        await deleteLetters(found)
      })

      it(`keeps dots at the beginning of lines through ${port.id}`, async () => {
        assert.equal(await passThrough(port, DOTTED), `${DOTTED}\r\n`)
      })

      it(`ends every line with CRLF through ${port.id}`, async () => {
        const wanted = `${BARE.split(/\r\n|\r|\n/).join('\r\n')}`

        assert.equal(await passThrough(port, BARE), wanted)
      })
    }
  })

  async function passThrough(port: Laboratory['ports'][number], body: string): Promise<string> {
    await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
    const letter = rawLetter(body)
    assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
    const found = await awaitLetters(maildropServer, [letter])
    const { octets } = await readLetter(found.maildrop, found.numbers[0] ?? 0)
    await deleteLetters(found)
    const text = Buffer.from(octets).toString('latin1')
    return text.slice(text.indexOf('\r\n\r\n') + '\r\n\r\n'.length)
  }
}

export function describeLargeLetters(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  const maildrops = onePerServer(passwordPorts(laboratory, 'pop3'))
  const submissions = onePerServer(passwordPorts(laboratory, 'smtp'))
  const [firstMaildrop] = maildrops
  const [firstSubmission] = submissions
  assert.ok(sender && receiver && firstMaildrop && firstSubmission)

  describe('A large attachment', { timeout: TIMEOUT_MS }, () => {
    for (const port of submissions) {
      it(`is sent by ${port.id}`, () => checkLargeLetter(port, firstMaildrop))
    }
    for (const port of maildrops) {
      it(`is received by ${port.id}`, () => checkLargeLetter(firstSubmission, port))
    }
  })

  async function checkLargeLetter(
    smtp: Laboratory['ports'][number],
    pop3: Laboratory['ports'][number],
  ): Promise<void> {
    assert.ok(sender && receiver)
    const mailbox = mailboxAt(pop3, receiver)
    assert.ok(mailbox)
    await using connection = await openSmtp(senderAt(laboratory, smtp), BOUNDED)
    const letter = newLetter(sender.address, mailbox.address, {
      fileOctets: largeFileOctets(connection.extensions.sizeLimit),
    })

    const outcomes = await send(connection, envelopeOf(sender.address, mailbox.address), letter)
    const found = await awaitLetters(toMailServer(laboratory, pop3, mailbox), [letter])

    assert.deepEqual(outcomes, ['accepted 250'])
    assertSameLetter(await readLetter(found.maildrop, found.numbers[0] ?? 0), letter)
    await deleteLetters(found)
  }
}

/** 20 MB, or what fits when four octets are sent for three. */
function largeFileOctets(sizeLimit: number = Number.POSITIVE_INFINITY): number {
  return Math.min(20_000_000, Math.floor(sizeLimit * 0.7))
}

export function describeSmtpUtf8(laboratory: Laboratory): void {
  const [sender] = laboratory.users
  const receivers = laboratory.users.filter(({ address }) => /[^\x20-\x7e]/.test(address))
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && pop3)

  describe('An address that is not ASCII', { timeout: TIMEOUT_MS }, () => {
    for (const { address, login, password } of receivers) {
      for (const port of sendingPorts(laboratory)) {
        // OpenSMTPD takes mail for one domain only.
        if (port.server === 'opensmtpd') continue
        if (port.capabilities?.includes('SMTPUTF8') === true) {
          it(`gets its letter by ${port.id}`, async () => {
            await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
            const letter = newLetter(sender.address, sender.address)
            const server = toMailServer(laboratory, pop3, { user: login, password })

            const outcomes = await send(connection, envelopeOf(sender.address, address), letter)
            const found = await awaitLetters(server, [letter])

            assert.deepEqual(outcomes, ['accepted 250'])
            assertSameLetter(await readLetter(found.maildrop, found.numbers[0] ?? 0), letter)
            await deleteLetters(found)
          })
        } else {
          it(`is refused before ${port.id} sees it`, async () => {
            await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
            const letter = newLetter(sender.address, sender.address)
            const sending = send(connection, envelopeOf(sender.address, address), letter)

            await assert.rejects(sending, SmtpCapabilityMissing)
            assert.ok(connection.isOpen)
          })
        }
      }
    }
  })
}
