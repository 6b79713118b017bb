/** Addresses beyond ASCII, in the header section and in the envelope (RFC 6531, RFC 6532, RFC 5891). */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpCapabilityMissing } from '../../src/errors.ts'
import {
  type ComposedMessage,
  composeMessage,
  formatMessageId,
  MailboxAddress,
} from '../../src/mime.ts'
import { type MailServer, openSmtp } from '../../src/smtp.ts'
import { assertArrived, octetsOf } from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  type LabUser,
  offers,
  onePerServer,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, send, senderAt } from '../letters.ts'

const TIMEOUT_MS = 60_000

interface InternationalLetter {
  readonly messageId: string
  readonly composed: ComposedMessage
  readonly content: () => ComposedMessage
}

export function describeInternationalAddresses(laboratory: Laboratory): void {
  const [sender] = laboratory.users
  assert.ok(sender)
  const people = laboratory.users.filter(({ address }) => /[^\x20-\x7e]/.test(address))

  describe('A letter whose addresses are not ASCII', { timeout: TIMEOUT_MS }, () => {
    for (const [person, port] of pairs(laboratory, people)) {
      const letterOf = (): InternationalLetter => letterBetween(person.address, person.address)

      if (offers(port, 'SMTPUTF8')) {
        it(`goes as it is, from and to such, by ${port.id}`, async () => {
          await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
          const letter = letterOf()
          const envelope = envelopeOf(person.address, person.address)

          assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])

          const octets = await octetsOf(letter.composed)
          assert.ok(octets.includes(`<${person.address}>`))
          await assertArrived(maildropOf(laboratory, person), [{ ...letter, arrives: octets }])
        })
      } else {
        it(`is refused before ${port.id} sees it, and the session goes on`, async () => {
          const lines: string[] = []
          const options = { ...BOUNDED, log: (line: string) => lines.push(line) }
          await using connection = await openSmtp(senderAt(laboratory, port), options)
          const letter = letterOf()

          for (const envelope of [
            envelopeOf(sender.address, person.address),
            envelopeOf(person.address, sender.address),
            envelopeOf(sender.address, sender.address),
          ]) {
            await assert.rejects(send(connection, envelope, letter), (error) => {
              assert.ok(error instanceof SmtpCapabilityMissing, String(error))
              assert.equal(error.capability, 'SMTPUTF8')
              return true
            })
          }
          assert.ok(connection.isOpen)
          assert.deepEqual(
            lines.filter((line) => line.startsWith('C: MAIL')),
            [],
          )
        })
      }
    }
  })
}

export function describeInternationalDomains(laboratory: Laboratory): void {
  const [sender] = laboratory.users
  assert.ok(sender)
  const sinks = laboratory.users.filter(({ address }) => address.startsWith('sink@'))

  describe('A letter to a domain that is not ASCII', { timeout: TIMEOUT_MS }, () => {
    for (const [sink, port] of pairs(laboratory, sinks)) {
      it(`needs nothing of ${port.id}`, async () => {
        const lines: string[] = []
        const options = { ...BOUNDED, log: (line: string) => lines.push(line) }
        await using connection = await openSmtp(senderAt(laboratory, port), options)
        const address = `orders-${crypto.randomUUID()}@почта.пример.испытание.example`
        const letter = letterBetween(sender.address, address)
        const envelope = envelopeOf(sender.address, address)

        assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])

        const octets = await octetsOf(letter.composed)
        const written = address.replace(
          /@.*/,
          '@xn--80a1acny.xn--e1afmkfd.xn--80akhbyknj4f.example',
        )
        assert.match(lines.find((line) => line.startsWith('C: MAIL')) ?? '', /^(?!.*SMTPUTF8)/)
        assert.ok(lines.some((line) => line.includes(`RCPT TO:<${written}>`)))
        assert.ok(octets.includes(`<${written}>`))
        await assertArrived(maildropOf(laboratory, sink), [{ ...letter, arrives: octets }])
      })
    }
  })
}

/** Each user with one port of each server; OpenSMTPD takes mail for one domain only. */
function pairs(
  laboratory: Laboratory,
  users: readonly LabUser[],
): readonly (readonly [LabUser, LabPort])[] {
  const ports = onePerServer(sendingPorts(laboratory)).filter(
    ({ server }) => server !== 'opensmtpd',
  )
  return users.flatMap((user) => ports.map((port) => [user, port] as const))
}

function maildropOf(laboratory: Laboratory, { login, password }: LabUser): MailServer {
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(pop3)
  return toMailServer(laboratory, pop3, { user: login, password })
}

function letterBetween(from: string, to: string): InternationalLetter {
  const id = crypto.randomUUID()
  const messageId = formatMessageId(id, 'client.lab.test')
  const named = (address: string): MailboxAddress =>
    MailboxAddress.parse(`"Склад № 1" <${address}>`)
  const composed = composeMessage({
    messageId,
    from: named(from),
    to: [named(to)],
    subject: `Остатки ${id}`,
    date: new Date(),
    boundary: id.replaceAll('-', ''),
    text: 'Склад № 1\n.\n',
  })
  return { messageId, composed, content: () => composed }
}
