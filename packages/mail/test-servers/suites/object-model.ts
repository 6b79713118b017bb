/** The object model with real servers: what is sent by `SmtpClient` is read back as an `Email`. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import {
  Email,
  EmailImportance,
  EmailTextKind,
  PasswordEmailAuthentication,
  SecureConnectionParameters,
  SmtpClient,
  SmtpConnectionParameters,
} from '../../src/index.ts'
import { correspondenceOf, retrieveAll } from '../arrivals.ts'
import { type Laboratory, type LabPort, onePerSecurity, passwordPorts } from '../laboratory.ts'
import { awaitLetters, deleteLetters } from '../maildrops.ts'

const TIMEOUT_MS = 60_000

const TEXT = 'Доброе утро!\n.\n..\n'

export function describeObjectModel(laboratory: Laboratory): void {
  const { from, to, maildropServer } = correspondenceOf(laboratory)
  const ports = onePerSecurity(passwordPorts(laboratory, 'smtp'))
  const unknown = Object.keys(laboratory.recipients ?? {}).find((name) =>
    name.startsWith('unknown@'),
  )

  describe('An Email', { timeout: TIMEOUT_MS }, () => {
    for (const port of ports) {
      it(`reads back as it was written, through ${port.id}`, async () => {
        const emails = emailsBetween(from, to)

        const results = await SmtpClient.send(parametersOf(laboratory, port), emails)

        for (const { exception } of results) assert.equal(exception, undefined)
        const messageIds = results.map(({ messageId = '' }) => ({ messageId }))
        const found = await awaitLetters(maildropServer, messageIds)
        const received = await retrieveAll(found)
        await deleteLetters(found)
        assert.deepEqual(
          received.map((octets) => factsOf(Email.fromBytes(octets))),
          emails.map(factsOf),
        )
      })

      if (unknown === undefined) continue
      it(`for nobody says so, and those after it arrive, through ${port.id}`, async () => {
        const nobody = new Email(from, unknown, 'Никому').setTextAsString(TEXT)
        const somebody = new Email(from, to, 'Кому-то').setTextAsString(TEXT)

        const [refused, sent] = await SmtpClient.send(parametersOf(laboratory, port), [
          nobody,
          somebody,
        ])

        assert.equal(refused?.isSuccessful(), false)
        assert.match(refused?.exception?.message ?? '', /unknown@/)
        assert.equal(sent?.isSuccessful(), true)
        await deleteLetters(
          await awaitLetters(maildropServer, [{ messageId: sent?.messageId ?? '' }]),
        )
      })
    }
  })
}

function parametersOf(laboratory: Laboratory, port: LabPort): SmtpConnectionParameters {
  const [user] = laboratory.users
  assert.ok(user)
  return new SmtpConnectionParameters({
    server: port.host,
    port: port.port,
    useSsl: port.tls === 'implicit',
    allowStartTls: port.tls === 'starttls',
    authentication: new PasswordEmailAuthentication(user.login, user.password),
    secureParameters: new SecureConnectionParameters(readFileSync(laboratory.ca, 'utf8')),
  })
}

function emailsBetween(from: string, to: string): readonly Email[] {
  const plain = new Email(from, to, 'Остатки «утро»').setTextAsString(TEXT)

  const rich = new Email(`"Склад № 1" <${from}>`, to, 'Всё сразу')
  rich.setTextAsString(TEXT).addText('<p>Доброе утро!', EmailTextKind.Html)
  rich.addCcRecipients('"Магазин, 2" <shop-2@lab.test>').addReplyTo(from)
  rich.removeHeader('Cc')
  rich.importance = EmailImportance.High
  rich.list = { id: 'exchange.example.org' }
  rich.setHeader('Obmen-Message', 'УдаленныеСклады 7')
  rich.attachData(Buffer.from([0, 1, 2, 255]), { name: 'x.png', id: 'x@y', isInline: true })
  rich.attachData(Buffer.from('a;b\r\n.\r\n'), 'остатки.csv')

  const forwarded = new Email(from, to, 'Пересылаю')
  forwarded.setTextAsString('<b>См. вложение</b>', EmailTextKind.Html)
  forwarded.attachEmail(plain)
  return [plain, rich, forwarded]
}

/** What a reader sees. */
function factsOf(email: Email): unknown {
  const { subject, sender, recipients, ccRecipients, replyTo, importance, list } = email
  return {
    subject,
    addresses: [sender, ...recipients, ...ccRecipients, ...replyTo].map(String),
    importance,
    list,
    own: email.getFirstHeader('Obmen-Message'),
    texts: email.getText().map(({ text, textKind }) => `${textKind} ${text.replace(/\n$/, '')}`),
    attachments: email.attachments.map(({ name, contentType }) => `${contentType} ${name}`),
    hasBodyParsingErrors: email.hasBodyParsingErrors,
  }
}
