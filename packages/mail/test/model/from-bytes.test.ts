import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Email, EmailImportance, IllegalArgumentException } from '../../src/index.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'

function read(...lines: readonly string[]): Email {
  return Email.fromBytes(octetsOf(lines.join('\r\n')))
}

describe('a letter that was read', () => {
  it('keeps its groups when it is sent, and what was added stands behind them', async () => {
    const email = read(
      'From: shop@example.org',
      'To: x@example.org, =?utf-8?B?0KHQutC70LDQtA==?=: a@example.org, "B, b" <b@example.org>;',
      'Cc: undisclosed-recipients:;',
      'Reply-To: office: shop@example.org;',
      '',
      'text',
    )
    email.addRecipients('c@example.org')

    const letter = textOf(await email.toBytes()).replaceAll('\r\n ', ' ')

    assert.match(
      letter,
      /^To: x@example\.org, =\?utf-8\?\S+\?= ?: a@example\.org, "B, b" <b@example\.org>;, c@example\.org\r$/m,
    )
    assert.match(letter, /^Cc: undisclosed-recipients:;\r$/m)
    assert.match(letter, /^Reply-To: office: shop@example\.org;\r$/m)
    assert.equal(email.recipients.length, 4)
    assert.deepEqual(email.getAllHeaders('Cc'), ['"undisclosed-recipients":;'])
  })

  it('has no group any more when its recipients were set, or when it had no name', async () => {
    const email = read('From: a@b.org', 'To: team: a@b.org;', 'Cc: "": c@b.org;', '')
    email.setRecipients([...email.recipients])

    const letter = textOf(await email.toBytes())

    assert.match(letter, /^To: a@b\.org\r$/m)
    assert.match(letter, /^Cc: c@b\.org\r$/m)
  })

  it('says what its header section says', () => {
    const email = read(
      'Received: from a',
      'Received: from b',
      'From: =?utf-8?B?0KHQutC70LDQtA==?= <shop@example.org>, second@example.org',
      'To: team: a@example.org, b@example.org;, "c, d" <c@example.org>',
      'Bcc: hidden@example.org',
      'Subject: =?koi8-r?B?9MXNwQ==?=',
      'Date: Sun, 22 Nov 2026 04:33:00 +0300',
      'X-Priority: 2 (High)',
      'Message-ID: <not right>',
      'List-Unsubscribe: <ftp://example.org/>',
      '',
      'text',
    )

    assert.equal(String(email.sender), 'Склад <shop@example.org>')
    assert.deepEqual(
      email.recipients.map(({ address }) => address),
      ['a@example.org', 'b@example.org', 'c@example.org'],
    )
    assert.deepEqual(email.bccRecipients.map(String), ['<hidden@example.org>'])
    assert.equal(email.subject, 'Тема')
    assert.equal(email.importance, EmailImportance.High)
    assert.equal(email.messageId, '<not right>')
    assert.deepEqual(email.getAllHeaders('Received'), ['from a', 'from b'])
    assert.equal(email.list, undefined)
    assert.equal(email.contentType, undefined)
  })

  it('can be sent on, though it was written by somebody careless', async () => {
    const email = read(
      'From: a@example.org, b@example.org',
      'Message-ID: <not right>',
      'References: <also not right> <fine@example.org>',
      'Resent-Bcc: hidden@example.org',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: message/delivery-status',
      '',
      'Status: 5.1.1',
      '--x',
      'Content-ID: <odd id>',
      'Content-Disposition: attachment; filename="../etc"',
      '',
      'x',
      '--x--',
    )

    const again = Email.fromBytes(await email.toBytes())

    assert.match(textOf(await email.toBytes()), /^Sender: a@example\.org\r\n/m)
    assert.deepEqual(again.references, ['<fine@example.org>'])
    assert.match(again.messageId ?? '', /^<[-0-9a-f]{36}@example\.org>$/)
    assert.equal(email.attachments[1]?.id, 'odd id')
    assert.equal(email.attachments[1].name, '../etc')
    assert.equal(again.attachments[0]?.contentType, 'application/octet-stream')
    assert.equal(again.getFirstHeader('Resent-Bcc'), undefined)
  })

  it('tells text from attachments by disposition and name', () => {
    const email = read(
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain; charset=windows-1251',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '=CF=F0=E8',
      '--x',
      'Content-Type: text/plain; name=notes.txt',
      '',
      'notes',
      '--x',
      'Content-Type: text/html',
      'Content-Disposition: attachment',
      '',
      '<b>',
      '--x--',
    )

    const [part, ...more] = email.getText()
    assert.deepEqual(more, [])
    assert.deepEqual(
      [part?.text, part?.charset, part?.transferEncoding, part?.data.length],
      ['При', 'windows-1251', 'quoted-printable', 3],
    )
    assert.deepEqual(
      email.attachments.map(({ name, contentType }) => `${name} ${contentType}`),
      ['notes.txt text/plain', ' text/html'],
    )
    assert.equal(email.attachments[0]?.contentDisposition, undefined)
    assert.equal(email.attachments[1]?.contentDisposition, 'attachment')
  })

  it('says when something was wrong with its body, and with which text', () => {
    const damaged = read('Content-Type: text/plain; charset=x-nobody', '', 'text')
    const cut = read('Content-Type: multipart/mixed; boundary=x', '', '--x', '', 'text')
    const odd = read('Subject: a', 'no field', '', 'text')

    assert.equal(damaged.hasBodyParsingErrors, true)
    assert.equal(damaged.getText()[0]?.hasParsingErrors, true)
    assert.equal(damaged.getTextAsString(), 'text')
    assert.equal(cut.hasBodyParsingErrors, true)
    assert.equal(odd.hasBodyParsingErrors, false)
  })

  it('has all of a letter as its text when none of its parts can be found', () => {
    for (const parameter of ['', '; boundary=y']) {
      const body = ['--x', 'Content-Type: text/plain', '', 'text', '--x--']
      const email = read(`Content-Type: multipart/mixed${parameter}`, '', ...body)

      assert.equal(email.getTextAsString(), body.join('\n'))
      assert.equal(email.hasBodyParsingErrors, true)
      assert.equal(email.attachments.length, 0)
    }
    const ended = read('Content-Type: multipart/mixed; boundary=x', '', 'preamble', '--x--')
    assert.deepEqual([ended.getText(), ended.hasBodyParsingErrors], [[], false])
  })

  it('says when it is a fragment', () => {
    const email = read('Content-Type: message/partial; id=a; number=1; total=2', '', 'Subject: x')

    assert.equal(email.isPartial, true)
    assert.equal(read('Subject: x', '', 'y').isPartial, false)
  })

  it('is empty when there was nothing', () => {
    const email = Email.fromBytes(new Uint8Array())

    assert.deepEqual([email.sender, email.recipients, email.getTextAsString()], [undefined, [], ''])
  })

  it('M7 is refused when it has more parts than any letter should', () => {
    const parts = '--x\r\n\r\n\r\n'.repeat(1_001)

    assert.throws(
      () => read('Content-Type: multipart/mixed; boundary=x', '', parts),
      IllegalArgumentException,
    )
  })
})

describe('a letter that was read, odd as it is,', () => {
  const cases: Readonly<Record<string, { readonly field: string; readonly written: RegExp }>> = {
    'with a field name of 62 characters': {
      field: 'X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=1;Ip=[x]',
      written: /^X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=1;Ip=/m,
    },
    'with the first date of another calendar': {
      field: 'Date: Mon, 1 Jan 1601 00:00:00 +0000',
      written: /^Date: \w+, \d+ \w+ 2\d{3} /m,
    },
    'with a date that is none in Greenwich': {
      field: 'Date: Fri, 31 Dec 9999 23:59:59 -0800',
      written: /^Date: \w+, \d+ \w+ 2\d{3} /m,
    },
    'with characters in the addresses of its list that no URL has': {
      field: 'List-Unsubscribe: <https://a.test/{a}|b?c="d">',
      written: /^List-Unsubscribe: <https:\/\/a\.test\/%7Ba%7D%7Cb\?c=%22d%22>\r$/m,
    },
    'with a click that nobody takes': {
      field:
        'List-Unsubscribe: <mailto:a@b.test>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click',
      written: /^List-Unsubscribe: <mailto:a@b\.test>\r\nMIME/m,
    },
    'with an identifier of its list that is none': {
      field: 'List-Help: <mailto:a@b.test>\r\nList-Id: <foo@bar.test>',
      written: /^List-Help: <mailto:a@b\.test>\r\nMIME/m,
    },
    'with an address of its list that no line can hold': {
      field: `List-Help: <mailto:a@b.test>\r\nList-Archive: <https://a.test/${'a'.repeat(990)}>`,
      written: /^List-Help: <mailto:a@b\.test>\r\nMIME/m,
    },
    'with a reference that no line can hold': {
      field: `In-Reply-To: <${'a'.repeat(980)}@b.test>\r\nReferences: <c@d.test>`,
      written: /^References: <c@d\.test>\r$/m,
    },
    'with an image whose identifier is none': {
      field: 'Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <a b>',
      written: /^Content-Disposition: inline\r$/m,
    },
    'with an image whose identifier is not made by the book': {
      field: 'Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-ID: <a[1],(b)>',
      written: /^Content-ID: <a\[1\],\(b\)>\r$/m,
    },
  }
  for (const [name, { field, written }] of Object.entries(cases)) {
    it(`${name} can be sent again`, async () => {
      const email = read('From: shop@example.org', 'To: office@example.org', field, '', 'text')

      assert.match(textOf(await email.toBytes()), written)
      assert.equal(email.prepare().envelope.forwardPaths.length, 1)
    })
  }

  it('with an invitation that says it is a cancellation has a file instead', async () => {
    const email = read(
      'From: shop@example.org',
      'Content-Type: text/calendar; method=CANCEL',
      '',
      'BEGIN:VCALENDAR',
      'METHOD:REQUEST',
      'END:VCALENDAR',
    )
    const again = Email.fromBytes(await email.toBytes())

    for (const { calendar, attachments } of [email, again]) {
      assert.equal(calendar, undefined)
      assert.equal(attachments[0]?.contentType, 'text/calendar')
      assert.equal(attachments[0].parameters.get('method'), 'CANCEL')
    }
  })
})
