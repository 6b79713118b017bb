/** Delivery reports on request (RFC 3461), by servers that write them (RFC 3464). */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { SmtpCapabilityMissing } from '../../src/errors.ts'
import type { DeliveryReport } from '../../src/mime.ts'
import {
  type Envelope,
  ForwardPath,
  type MailServer,
  openSmtp,
  ReversePath,
} from '../../src/smtp.ts'
import { assertArrived, correspondenceOf, unchanging } from '../arrivals.ts'
import {
  BOUNDED,
  type Laboratory,
  type LabPort,
  offers,
  onePerServer,
  passwordPorts,
  sendingPorts,
  toMailServer,
} from '../laboratory.ts'
import { newLetter, send, senderAt } from '../letters.ts'
import { awaitReports } from '../reports.ts'

const TIMEOUT_MS = 60_000

/** More than quota@ has room for. */
const TOO_LARGE_FILE_OCTETS = 20_000

type Delivery = NonNullable<Envelope['delivery']>

export function describeDeliveryReports(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const ports = reportingPorts(laboratory)
  const [forwardPath] = envelope.forwardPaths

  describe('A delivery report', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports.filter((each) => offers(each, 'DSN'))) {
      it(`tells of success in the words of the envelope, by ${port.id}`, async () => {
        const { reversePath, address } = newReturnPath(from)
        const envelopeId = `7 + 7 = 14; ${address}`.slice(0, 40)
        const originalRecipient = ForwardPath.parse('orders+2026=03@example.org')
        const letter = await unchanging(newLetter(from, to))
        await sendBy(senderAt(laboratory, port), letter, {
          reversePath,
          forwardPaths: [forwardPath],
          delivery: {
            notify: ['success', 'failure'],
            envelopeId,
            returnContent: 'headers',
            recipients: new Map([[forwardPath, { originalRecipient }]]),
          },
        })

        const [report] = await awaitReports(senderMaildrop(laboratory), address, 1)
        await assertArrived(maildropServer, [letter])

        assert.ok(report)
        // Exim gives both back as they came, in xtext (RFC 3461 §4).
        const given = port.server === 'exim' ? encodeXtext : String
        assert.deepEqual(factsOf(report), {
          envelopeId: given(envelopeId),
          original: letter.messageId,
          recipients: [`rfc822 ${given(originalRecipient.addrSpec)} done 2`],
        })
      })
    }
  })
}

export function describeFailureReports(laboratory: Laboratory): void {
  const { from } = correspondenceOf(laboratory)
  const ports = reportingPorts(laboratory).filter((each) => offers(each, 'DSN'))
  const quota = Object.keys(laboratory.recipients ?? {}).find((name) => name.startsWith('quota@'))
  if (quota === undefined) return

  describe('A report of failure', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      it(`comes unless nobody wants to know, by ${port.id}`, async () => {
        const { reversePath, address } = newReturnPath(from)
        const asked: readonly Delivery[] = [
          { notify: 'never', envelopeId: 'never' },
          { notify: ['failure'], envelopeId: 'failure' },
          { notify: ['success'], envelopeId: 'success' },
          { envelopeId: 'unsaid', returnContent: 'full' },
        ]
        for (const delivery of asked) {
          const letter = newLetter(from, quota, { fileOctets: TOO_LARGE_FILE_OCTETS })
          const forwardPaths = [ForwardPath.parse(quota)] as const
          await sendBy(senderAt(laboratory, port), letter, { reversePath, forwardPaths, delivery })
        }

        const reports = await awaitReports(senderMaildrop(laboratory), address, 2)

        // Exim knows that the mailbox was full, and has no code for it.
        const status = port.server === 'exim' ? '5.0.0' : '5.2.2'
        assert.deepEqual(reports.map(failureOf).toSorted(), [
          `failure failed ${status}`,
          `unsaid failed ${status}`,
        ])
      })
    }
  })
}

export function describeMissingReports(laboratory: Laboratory): void {
  const { from, to, envelope, maildropServer } = correspondenceOf(laboratory)
  const ports = reportingPorts(laboratory).filter((each) => !offers(each, 'DSN'))

  describe('A report that nobody would write', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      it(`is refused before ${port.id} is asked, which has none`, async () => {
        const lines: string[] = []
        const options = { ...BOUNDED, log: (line: string) => lines.push(line) }
        await using connection = await openSmtp(senderAt(laboratory, port), options)
        const letter = await unchanging(newLetter(from, to))
        const asked: readonly Delivery[] = [
          { notify: 'never' },
          { notify: ['success'] },
          { envelopeId: 'x' },
          { returnContent: 'headers' },
        ]

        for (const delivery of asked) {
          const sending = connection.send({ ...envelope, delivery }, letter.content())
          await assert.rejects(sending, (error) => {
            assert.ok(error instanceof SmtpCapabilityMissing, String(error))
            assert.equal(error.capability, 'DSN')
            return true
          })
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

/** OpenSMTPD offers DSN and reports no success. */
function reportingPorts(laboratory: Laboratory): readonly LabPort[] {
  return onePerServer(sendingPorts(laboratory)).filter(({ server }) => server !== 'opensmtpd')
}

async function sendBy(
  server: MailServer,
  letter: Parameters<typeof send>[2],
  asked: Envelope,
): Promise<void> {
  await using connection = await openSmtp(server, BOUNDED)
  assert.deepEqual(await send(connection, asked, letter), ['accepted 250'])
}

/** Who gets the reports to the first user, by POP3. */
function senderMaildrop(laboratory: Laboratory): MailServer {
  const [sender] = laboratory.users
  const [pop3] = passwordPorts(laboratory, 'pop3')
  assert.ok(sender && pop3)
  const { login, password } = sender
  return toMailServer(laboratory, pop3, { user: login, password })
}

/** An address of the same mailbox, for one test. */
function newReturnPath(address: string): {
  readonly reversePath: ReversePath
  readonly address: string
} {
  const own = address.replace('@', `+${crypto.randomUUID()}@`)
  return { reversePath: ReversePath.parse(own), address: own }
}

function factsOf(report: DeliveryReport): unknown {
  return {
    envelopeId: report.originalEnvelopeId,
    original: report.original?.first('Message-ID'),
    recipients: report.recipients.map(
      ({ originalRecipient, action, status = '' }) =>
        `${originalRecipient?.type} ${originalRecipient?.value} ${doneBy(action)} ${status[0]}`,
    ),
  }
}

/** Postfix has relayed what it gave to a program that writes no reports itself. */
function doneBy(action: string | undefined): string | undefined {
  return action === 'delivered' || action === 'relayed' ? 'done' : action
}

function failureOf({ originalEnvelopeId, recipients }: DeliveryReport): string {
  const [recipient] = recipients
  return `${originalEnvelopeId} ${recipient?.action} ${recipient?.status}`
}

function encodeXtext(text: string): string {
  return text.replaceAll(
    /[ +=]/g,
    (character) => `+${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
