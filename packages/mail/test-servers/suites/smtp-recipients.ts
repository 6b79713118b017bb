import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { ConnectionLost } from '../../src/errors.ts'
import { openSmtp } from '../../src/smtp.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  mailboxAt,
  onePerServer,
  openPorts,
  passwordPorts,
  sendingPorts,
  takesChunks,
  toMailServer,
} from '../laboratory.ts'
import { envelopeOf, type Letter, newLetter, send, senderAt, shown } from '../letters.ts'
import { awaitLetters, deleteLetters, presentLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

/** Whoever greylists wants a second to pass; a connection with an answer takes a few milliseconds at least. */
const MOST_ATTEMPTS = 2_000

/**
 * These have tests of their own: they end the connection, swallow the letter for everybody, change their answer, depend on what lies in
 * the mailbox, or take three seconds.
 */
const APART: ReadonlySet<string> = new Set(['disconnect', 'discard', 'grey', 'quota', 'slow'])

export function describeSmtpRecipients(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && receiver && pop3)
  const mailbox = mailboxAt(pop3, receiver)
  assert.ok(mailbox)
  const promises = promisedOutcomes(laboratory)
  const addresses = [...promises.keys()]
  const maildropServer = toMailServer(laboratory, pop3, mailbox)

  describe('SMTP recipients', { timeout: TIMEOUT_MS }, () => {
    for (const port of specialPorts(laboratory)) {
      it(`have each an outcome of their own at ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, mailbox.address)
        const envelope = envelopeOf(sender.address, mailbox.address, ...addresses)

        const { recipients } = await connection.send(envelope, letter.content())
        const found = await awaitLetters(maildropServer, [letter])
        await deleteLetters(found)

        assert.deepEqual(
          recipients.map((outcome) => `${outcome.forwardPath.addrSpec} ${shown(outcome)}`),
          [`${mailbox.address} accepted 250`, ...[...promises].map((pair) => pair.join(' '))],
        )
      })

      it(`that are all refused leave ${port.id} ready for the next letter`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const refused = addresses.filter((address) => promises.get(address) !== 'accepted 250')
        const [first = '', ...others] = refused
        const letter = newLetter(sender.address, mailbox.address)

        const outcomes = await send(
          connection,
          envelopeOf(sender.address, first, ...others),
          letter,
        )
        const next = await send(connection, envelopeOf(sender.address, mailbox.address), letter)
        await deleteLetters(await awaitLetters(maildropServer, [letter]))

        assert.deepEqual(
          outcomes,
          refused.map((address) => promises.get(address)),
        )
        assert.deepEqual(next, ['accepted 250'])
      })
    }
  })
}

export function describeSmtpRefusals(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && receiver && pop3)
  const mailbox = mailboxAt(pop3, receiver)
  assert.ok(mailbox)
  const envelope = envelopeOf(sender.address, mailbox.address)
  const maildropServer = toMailServer(laboratory, pop3, mailbox)

  describe('SMTP refusals', { timeout: TIMEOUT_MS }, () => {
    for (const port of specialPorts(laboratory)) {
      for (const blocked of Object.keys(laboratory.senders ?? {})) {
        it(`of a sender concern every recipient at ${port.id}`, async () => {
          await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
          const twice = envelopeOf(blocked, mailbox.address, sender.address)
          const letter = newLetter(sender.address, mailbox.address)

          assert.deepEqual(await send(connection, twice, letter), ['rejected 550', 'rejected 550'])
          assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
          await deleteLetters(await awaitLetters(maildropServer, [letter]))
        })
      }

      for (const field of Object.keys(laboratory.headers ?? {}).filter(isRefused)) {
        it(`after the content of a letter let ${port.id} take the next one`, async () => {
          const [name = '', value = ''] = field.split(': ')
          await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
          const refused = newLetter(sender.address, mailbox.address, {
            headerFields: [{ name, value }],
          })
          const letter = newLetter(sender.address, mailbox.address)

          assert.deepEqual(await send(connection, envelope, refused), ['rejected 550'])
          assert.deepEqual(await send(connection, envelope, letter), ['accepted 250'])
          await deleteLetters(await awaitLetters(maildropServer, [letter]))
          assert.deepEqual(await presentLetters(maildropServer, [refused]), [])
        })
      }
    }
  })
}

export function describeSmtpDisconnection(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  assert.ok(sender && receiver)
  const [pop3] = passwordPorts(laboratory, 'pop3')
  const pairs = specialPairs(laboratory, 'disconnect')
  const chunkingPorts = onePerServer(pairs.map(({ port }) => port)).filter(takesChunks)

  describe('A server that hangs up on a recipient', { timeout: TIMEOUT_MS }, () => {
    for (const { address, port } of pairs) {
      it(`has refused it when there is no other: ${port.id}`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, receiver.address)

        const outcomes = await send(connection, envelopeOf(sender.address, address), letter)

        // Exim says 554 before it drops the connection, and the end of it may come a moment after that.
        assert.match(outcomes.join(), /^(?:deferred 421|rejected 554)$/)
        const next = send(connection, envelopeOf(sender.address, receiver.address), letter)
        await assert.rejects(next, ConnectionLost)
        assert.equal(connection.isOpen, false)
      })

      for (const chunking of ['when-offered', 'never'] as const) {
        if (chunking === 'when-offered' && !chunkingPorts.includes(port)) continue
        it(`has taken the letter for nobody: ${port.id}, CHUNKING ${chunking}`, async () => {
          const options = { ...BOUNDED, chunking } as const
          await using connection = await openSmtp(senderAt(laboratory, port), options)
          const letter = newLetter(sender.address, receiver.address)
          const sending = send(
            connection,
            envelopeOf(sender.address, receiver.address, address),
            letter,
          )

          // 421 is an answer to everything that was asked. Exim's 554 answers for one recipient, and then there is silence: with CHUNKING
          // the content may have left before that is noticed.
          if (port.server !== 'exim') {
            assert.deepEqual(await sending, ['deferred 421', 'deferred 421'])
          } else if (chunking === 'never') {
            await assert.rejects(sending, ConnectionLost)
          } else {
            const end: unknown = await sending.catch((error: unknown) => error)
            if (!(end instanceof ConnectionLost)) assert.deepEqual(end, ['unknown', 'rejected 554'])
          }
          assert.equal(connection.isOpen, false)
          if (chunkingPorts.includes(port)) await assertNotDelivered(port, letter)
        })
      }
    }
  })

  /** A letter that goes the same way later is there, and this one is not. */
  async function assertNotDelivered(port: LabPort, letter: Letter): Promise<void> {
    assert.ok(sender && receiver && pop3)
    const maildropServer = toMailServer(laboratory, pop3, { ...receiver, user: receiver.login })
    await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
    const later = newLetter(sender.address, receiver.address)
    await send(connection, envelopeOf(sender.address, receiver.address), later)
    await deleteLetters(await awaitLetters(maildropServer, [later]))
    assert.deepEqual(await presentLetters(maildropServer, [letter]), [])
  }
}

export function describeSmtpDelays(laboratory: Laboratory): void {
  const [sender, receiver] = laboratory.users
  assert.ok(sender && receiver)
  const greyPairs = specialPairs(laboratory, 'grey')
  const discardPairs = specialPairs(laboratory, 'discard')
  const servers = onePerServer(specialPorts(laboratory)).map(({ id }) => id)
  const slowPairs = specialPairs(laboratory, 'slow').filter(({ port }) => servers.includes(port.id))

  describe('SMTP recipients with a way of their own', { timeout: TIMEOUT_MS }, () => {
    // Only Postfix has a greylist here.
    for (const { address, port } of greyPairs.filter((pair) => pair.port.server === 'postfix')) {
      it(`are deferred and later accepted when greylisted by ${port.id}`, async () => {
        const letter = newLetter(sender.address, receiver.address)
        const newSender = sender.address.replace('@', `+${crypto.randomUUID()}@`)
        const outcomes = new Set<string>()

        // Postfix hangs up on who was refused twenty times, so every attempt has a connection of its own.
        for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
          await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
          const [outcome = ''] = await send(connection, envelopeOf(newSender, address), letter)
          outcomes.add(outcome)
          if (outcome !== 'deferred 450') break
        }

        assert.deepEqual([...outcomes], ['deferred 450', 'accepted 250'])
      })
    }

    for (const { address, port } of slowPairs) {
      it(`are waited for when ${port.id} takes its time`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, receiver.address)
        const envelope = envelopeOf(sender.address, address, `unknown-${address}`)

        assert.deepEqual(await send(connection, envelope, letter), ['accepted 250', 'rejected 550'])
      })
    }

    for (const { address, port } of discardPairs) {
      it(`are accepted by ${port.id} although the letter is thrown away`, async () => {
        await using connection = await openSmtp(senderAt(laboratory, port), BOUNDED)
        const letter = newLetter(sender.address, receiver.address)

        const outcomes = await send(connection, envelopeOf(sender.address, address), letter)

        assert.deepEqual(outcomes, ['accepted 250'])
      })
    }
  })
}

/** What the laboratory promises for each address, as `rejected 550`. */
function promisedOutcomes({ recipients = {} }: Laboratory): ReadonlyMap<string, string> {
  const ordinary = Object.entries(recipients).filter(
    ([address]) => !APART.has(address.split('@', 1)[0] ?? '') && !address.includes('any.other'),
  )
  return new Map(ordinary.map(([address, promise]) => [address, promisedOutcome(promise)]))
}

function promisedOutcome(promise: string): string {
  const code = /^[245]\d\d/.exec(promise)?.[0] ?? '250'
  const kinds: Readonly<Record<string, string>> = { 2: 'accepted', 4: 'deferred', 5: 'rejected' }
  return `${kinds[code.slice(0, 1)]} ${code}`
}

/** Where the special recipients are what the laboratory says: not at OpenSMTPD, which knows few of them. */
function specialPorts(laboratory: Laboratory): readonly LabPort[] {
  if (laboratory.recipients === undefined) return []
  // The one of these that limits what it takes has tests of its own.
  const small = openPorts(laboratory).find(({ id }) => id === 'postfix-small')
  return sendingPorts(laboratory).filter(
    (port) => port.server !== 'opensmtpd' && port.id !== small?.id,
  )
}

/** Every port with the special recipient of this local-part, if the laboratory has it. */
function specialPairs(
  laboratory: Laboratory,
  localPart: string,
): readonly { readonly address: string; readonly port: LabPort }[] {
  return Object.keys(laboratory.recipients ?? {})
    .filter((address) => address.startsWith(`${localPart}@`))
    .flatMap((address) => specialPorts(laboratory).map((port) => ({ address, port })))
}

function isRefused(field: string): boolean {
  return field.startsWith('X-Lab-Refuse')
}
