import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { parseContentType } from '../../src/mime/content-type.ts'
import { readDeliveryStatus } from '../../src/mime/delivery-status.ts'
import { readDispositionStatus } from '../../src/mime/disposition-notification.ts'
import { readMessagePartial } from '../../src/mime/message-partial.ts'
import {
  DEFAULT_REPORT_LIMITS,
  readDeliveryReport,
  readDispositionNotification,
  ReportReader,
} from '../../src/mime/report.ts'
import { costOf } from '../cost-of.ts'
import { cutAt, octets } from './cut.ts'
import { readLetter } from './letters.ts'

/** A report of these parts: each its media type and its content. */
function reportOf(type: string, ...parts: readonly (readonly [string, string])[]): Uint8Array {
  const bodies = parts.map(
    ([mediaType, body]) => `--b\r\nContent-Type: ${mediaType}\r\n\r\n${body}\r\n`,
  )
  return octets(
    `Subject: report\r\nContent-Type: multipart/report; report-type=${type}; boundary=b\r\n\r\n${bodies.join('')}--b--\r\n`,
  )
}

/** After the example of RFC 3464, appendix E.2. */
const STATUS = `Reporting-MTA: dns; cs.utk.edu
Original-Envelope-Id: ABC-123
Arrival-Date: Thu, 7 Jul 1994 17:15:49 -0400

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out
Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400

Final-Recipient: RFC822 (a comment); \tivan@example.org
Action: Delayed (for now)
Status: 4.4.1 (persistent transient failure)
Remote-MTA: dns; mx.example.org
Will-Retry-Until: Fri, 8 Jul 1994 17:15:49 -0400
Final-Log-ID: q-17
X-Own: kept
`

const ORIGINAL = `Message-ID: <7.shop@example.org>\r\nSubject: =?utf-8?B?0KLQtdC80LA=?=\r\n\r\nthe body\r\n`

describe('A delivery report', () => {
  it('M17 says what became of the letter for each recipient (RFC 3464)', () => {
    const report = readDeliveryReport(
      reportOf(
        'delivery-status',
        ['text/plain', 'Sorry.'],
        ['message/delivery-status', STATUS],
        ['message/rfc822', ORIGINAL],
      ),
    )

    assert.equal(report?.header.first('subject'), 'report')
    assert.equal(report?.original?.first('message-id'), '<7.shop@example.org>')
    assert.equal(report?.original?.first('subject'), 'Тема')
    assert.equal(report?.originalEnvelopeId, 'ABC-123')
    assert.deepEqual(report?.reportingMta, { type: 'dns', value: 'cs.utk.edu' })
    assert.deepEqual(report?.arrivalDate, new Date('1994-07-07T21:15:49Z'))
    const [failed, delayed] = report?.recipients ?? []
    const { fields: _, ...facts } = failed ?? { fields: undefined }
    assert.deepEqual(facts, {
      originalRecipient: { type: 'rfc822', value: 'louisl@larry.slip.umd.edu' },
      finalRecipient: { type: 'rfc822', value: 'louisl@larry.slip.umd.edu' },
      action: 'failed',
      status: '4.0.0',
      diagnosticCode: { type: 'smtp', value: '426 connection timed out' },
      lastAttemptDate: new Date('1994-07-07T21:15:49Z'),
    })
    assert.deepEqual(delayed?.finalRecipient, { type: 'rfc822', value: 'ivan@example.org' })
    assert.equal(delayed?.action, 'delayed')
    assert.equal(delayed?.status, '4.4.1')
    assert.deepEqual(delayed?.remoteMta, { type: 'dns', value: 'mx.example.org' })
    assert.deepEqual(delayed?.willRetryUntil, new Date('1994-07-08T21:15:49Z'))
    assert.equal(delayed?.finalLogId, 'q-17')
    assert.equal(delayed?.fields.first('x-own'), 'kept')
  })

  it('M17 may bring the header section alone (text/rfc822-headers), and octets in base64', () => {
    const status = Buffer.from(STATUS).toString('base64')
    const report = readDeliveryReport(
      reportOf(
        'delivery-status',
        ['message/delivery-status\r\nContent-Transfer-Encoding: base64', status],
        ['text/rfc822-headers', 'Message-ID: <1@x>\r\n'],
      ),
    )

    assert.equal(report?.recipients.length, 2)
    assert.equal(report?.original?.first('message-id'), '<1@x>')
  })

  const oddities = [
    {
      name: 'all fields in one group',
      status: 'Reporting-MTA: dns; a\nFinal-Recipient: rfc822; x@y\nAction: failed\n',
      shown: ['a', 'x@y failed'],
    },
    {
      name: 'no group for the letter',
      status: '\n\nFinal-Recipient: rfc822; x@y\nAction: failed\n\n\n\nFinal-Recipient: z@y\n',
      shown: ['', 'x@y failed', 'z@y '],
    },
    {
      name: 'words nobody knows',
      status:
        'Reporting-MTA: a\n\nFinal-Recipient: rfc822; x@y\nAction: eaten\nStatus: bad\nArrival-Date: soon\n',
      shown: ['a', 'x@y '],
    },
    { name: 'nothing', status: '', shown: [''] },
    {
      name: 'an address beyond ASCII (RFC 6533)',
      status:
        'Reporting-MTA: dns; a\n\nFinal-Recipient: utf-8; \\x{438}\\x{432}@y\\x{110000}\nAction: failed\n',
      shown: ['a', 'ив@y\\x{110000} failed'],
    },
  ]
  for (const { name, status, shown } of oddities) {
    it(`M17 is read with ${name}`, () => {
      const { reportingMta, recipients } = readDeliveryStatus(octets(status))

      assert.deepEqual(
        [
          reportingMta?.value ?? '',
          ...recipients.map((one) => `${one.finalRecipient?.value ?? ''} ${one.action ?? ''}`),
        ],
        shown,
      )
    })
  }

  it('M17 is not what any other letter is, though one be attached to it', () => {
    const forwarded = `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${ORIGINAL}--o--\r\n`

    assert.equal(readDeliveryReport(octets(forwarded)), undefined)
    assert.equal(readDispositionNotification(octets(forwarded)), undefined)
    assert.equal(readDeliveryReport(octets('')), undefined)
  })

  it('M17 M19 does not depend on how it is cut', () => {
    const letter = reportOf(
      'delivery-status',
      ['message/delivery-status', STATUS],
      ['message/rfc822', ORIGINAL],
    )
    const whole = readDeliveryReport(letter)
    fc.assert(
      fc.property(fc.array(fc.nat(letter.length), { maxLength: 20 }), (places) => {
        const reader = new ReportReader()
        for (const piece of cutAt(letter, places)) reader.push(piece)

        assert.deepEqual(reader.end(), whole)
      }),
      { numRuns: 50 },
    )
  })

  it('M17 keeps no memory of what was pushed', () => {
    const letter = reportOf('delivery-status', ['message/delivery-status', STATUS])
    const reader = new ReportReader()
    reader.push(letter)
    letter.fill(0)
    const report = reader.end()

    assert.equal(report?.kind === 'delivery' && report.recipients.length, 2)
  })

  it('M17 is refused when it reports more than the limit, and keeps only the head of the letter it is about', () => {
    const status = `Reporting-MTA: dns; a\n\n${'Final-Recipient: rfc822; x@y\nAction: failed\n\n'.repeat(30_000)}`
    const body = `${ORIGINAL}${'x'.repeat(2 * DEFAULT_REPORT_LIMITS.headerOctets)}`

    assert.throws(
      () => readDeliveryReport(reportOf('delivery-status', ['message/delivery-status', status])),
      (error) => error instanceof LimitExceeded && error.option === 'statusOctets',
    )
    assert.equal(
      readDeliveryReport(
        reportOf('delivery-status', ['message/delivery-status', STATUS], ['message/rfc822', body]),
      )?.original?.first('subject'),
      'Тема',
    )
  })

  it('M17 M20 takes time in proportion to its groups', () => {
    for (const group of ['Final-Recipient: rfc822; x@y\nAction: failed\n\n', '\n', 'x\n\n']) {
      const few = costOf(() => readDeliveryStatus(octets(group.repeat(400))))
      const many = costOf(() => readDeliveryStatus(octets(group.repeat(6_400))))

      // Sixteen times the groups: in proportion it is 16, squared it is 256.
      assert.ok(many < 100 * few + 2_000, `${many} µs against ${few} µs`)
    }
  })
})

describe('A disposition notification', () => {
  it('M17 says what became of the letter at its reader (RFC 8098)', () => {
    const notification = readDispositionNotification(
      reportOf(
        'disposition-notification',
        ['text/plain', 'I read it.'],
        [
          'message/disposition-notification',
          `Reporting-UA: joes-pc.cs.example.com; Foomail 97.1
Original-Recipient: rfc822;Joe_Recipient@example.com
Final-Recipient: rfc822;Joe_Recipient@example.com
Original-Message-ID: <199509192301.23456@example.org>
Disposition: manual-action/MDN-sent-manually; displayed/error, X-Other
Error: could not show the picture`,
        ],
        ['text/rfc822-headers', 'Subject: x\r\n'],
      ),
    )

    const { fields: _, header, original, ...facts } = notification ?? { fields: undefined }
    assert.equal(header?.first('subject'), 'report')
    assert.equal(original?.first('subject'), 'x')
    assert.deepEqual(facts, {
      kind: 'disposition',
      reportingUa: 'joes-pc.cs.example.com; Foomail 97.1',
      originalRecipient: { type: 'rfc822', value: 'Joe_Recipient@example.com' },
      finalRecipient: { type: 'rfc822', value: 'Joe_Recipient@example.com' },
      originalMessageId: '<199509192301.23456@example.org>',
      disposition: {
        actionMode: 'manual-action',
        sendingMode: 'mdn-sent-manually',
        type: 'displayed',
        modifiers: ['error', 'x-other'],
      },
      errors: ['could not show the picture'],
    })
  })

  it('M17 is read although its disposition can not be', () => {
    for (const disposition of ['displayed', 'a/b;', '']) {
      const status = readDispositionStatus(octets(`Disposition: ${disposition}\nX: y\n`))

      assert.equal(status?.disposition, undefined)
      assert.deepEqual(status?.errors, [])
    }
    assert.equal(readDispositionStatus(octets('\r\n')), undefined)
  })
})

describe('A letter', () => {
  it('M17 in pieces is recognised by its content type (RFC 2046 §5.2.2)', () => {
    const partial = (type: string): unknown => readMessagePartial(parseContentType(type))

    assert.deepEqual(partial('message/partial; id="abc@x"; number=3; total=3'), {
      id: 'abc@x',
      number: 3,
      total: 3,
    })
    assert.deepEqual(partial('message/partial; id=a; number=1'), { id: 'a', number: 1 })
    assert.deepEqual(partial('message/partial; id=a; number=2; total=1'), { id: 'a', number: 2 })
    for (const type of [
      'message/partial',
      'message/partial; id=a; number=0',
      'message/partial; id=a; number=x',
      'message/partial; number=1',
      'text/plain; id=a; number=1',
    ]) {
      assert.equal(partial(type), undefined)
    }
  })

  it('M17 of Outlook keeps its winmail.dat as an attachment', () => {
    const tnef = Buffer.from('789f3e22010006', 'hex')
    const { parts, defects } = readLetter([
      octets(
        `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\n` +
          `Content-Transfer-Encoding: base64\r\n\r\n${tnef.toString('base64')}\r\n--b--\r\n`,
      ),
    ])

    assert.deepEqual(parts[1], {
      path: '1',
      mediaType: 'application/ms-tnef',
      fileName: 'winmail.dat',
      content: tnef.toString('latin1'),
    })
    assert.deepEqual(defects, [])
  })
})
