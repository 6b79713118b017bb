import assert from 'node:assert/strict'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  Email,
  EmailAddress,
  EmailImportance,
  EmailTextKind,
  EmailTextPart,
  IllegalArgumentException,
  IllegalStateException,
} from '../../src/index.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { costOf } from '../cost-of.ts'

const SENDER = 'shop@example.org'

function letter(): Email {
  return new Email(SENDER, 'office@example.org', 'Тема')
}

async function textual(email: Email): Promise<string> {
  return textOf(await email.toBytes())
}

function letterToMany(count: number): Email {
  const email = letter()
  for (let number = 0; number < count; number++) {
    email.addRecipients(`a${number}@example.org`).addHeader('Cc', `b${number}@example.org`)
    email.attachData('x', `${number}.txt`)
  }
  return email
}

function addressesOf(addresses: readonly EmailAddress[]): readonly string[] {
  return addresses.map(({ address }) => address)
}

describe('the recipients of a letter', () => {
  it('are added, and replaced when they are set', () => {
    const email = letter()
      .addRecipients(['a@example.org', new EmailAddress('b@example.org', 'Б')])
      .addCcRecipients('c@example.org')
      .addBccRecipients('d@example.org')
      .addReplyTo('e@example.org')

    assert.deepEqual(addressesOf(email.recipients), [
      'office@example.org',
      'a@example.org',
      'b@example.org',
    ])
    email
      .setRecipients([])
      .setCcRecipients('x@example.org')
      .setBccRecipients(['y@example.org'])
      .setReplyTo('z@example.org')
      .setSender('me@example.org')
    assert.deepEqual(
      [email.recipients, email.ccRecipients, email.bccRecipients, email.replyTo].map(addressesOf),
      [[], ['x@example.org'], ['y@example.org'], ['z@example.org']],
    )
    assert.equal(email.sender?.address, 'me@example.org')
  })

  it('are added one by one in time that grows with their number', () => {
    const few = costOf(() => letterToMany(100))
    const many = costOf(() => letterToMany(1_600))

    // Sixteen times as many; the square would be two hundred and fifty times.
    assert.ok(many < few * 64, `${few} µs for 100, ${many} µs for 1600`)
  })

  it('get the letter once, however often they are named', () => {
    const email = letter().addCcRecipients(['office@EXAMPLE.org', 'Office@example.org'])

    const { forwardPaths, reversePath } = email.prepare().envelope

    assert.deepEqual(forwardPaths.map(String), ['<office@example.org>', '<Office@example.org>'])
    assert.equal(String(reversePath), '<shop@example.org>')
  })

  it('in Bcc do not stand in the letter', async () => {
    const email = letter().addBccRecipients('secret@example.org').setTextAsString('x')
    email.messageId = 'a@b'

    assert.doesNotMatch(await textual(email), /secret|bcc/i)
  })
})

describe('the header section of a letter', () => {
  it('is the properties, and the properties are it', () => {
    const email = letter()

    email.setHeader('SUBJECT', 'другая').addHeader('cc', 'Бухгалтерия <a@example.org>')
    email.setHeader('X-Priority', 1).setHeader('Reply-To', ['b@example.org', 'c@example.org'])
    email.setHeader('Date', 'Sun, 22 Nov 2026 04:33:00 +0300').setHeader('Message-ID', 'a@b')

    assert.equal(email.subject, 'другая')
    assert.deepEqual(email.ccRecipients.map(String), ['Бухгалтерия <a@example.org>'])
    assert.equal(email.importance, EmailImportance.High)
    assert.deepEqual(addressesOf(email.replyTo), ['b@example.org', 'c@example.org'])
    assert.equal(email.sentDate?.toISOString(), '2026-11-22T01:33:00.000Z')
    assert.equal(email.messageId, '<a@b>')
    email.importance = EmailImportance.Low
    assert.deepEqual(
      ['Importance', 'X-Priority', 'X-MSMail-Priority'].map((name) => email.getFirstHeader(name)),
      ['low', '5', 'Low'],
    )
    assert.equal(email.removeHeader('subject').subject, undefined)
    assert.deepEqual(email.getAllHeaders('Subject'), [])
  })

  it('keeps fields of its own in their order, with all their values', () => {
    const email = letter()
      .addHeader('X-One', ['a', 2])
      .addHeader('X-Two', 'b')
      .addHeader('x-one', 'c')

    assert.deepEqual(email.getAllHeaders('X-ONE'), ['a', '2', 'c'])
    assert.equal(email.setHeader('X-One', 'd').getFirstHeader('x-one'), 'd')
    assert.deepEqual(email.getAllHeaders('X-One'), ['d'])
    assert.deepEqual(email.removeHeader('X-One').getAllHeaders('X-One'), [])
    assert.equal(email.getFirstHeader('X-One'), undefined)
    assert.equal(email.getFirstHeader('X-Two'), 'b')
  })

  it('is cleared of everything, and the text stays', async () => {
    const email = letter().setTextAsString('text').addHeader('X-One', 'a').clearHeaders()

    assert.deepEqual([email.sender, email.recipients, email.subject], [undefined, [], undefined])
    assert.equal(email.getFirstHeader('X-One'), undefined)
    assert.equal(email.getTextAsString(), 'text')
    await assert.rejects(email.toBytes(), IllegalStateException)
  })

  it('S17 takes no line break, no name that is none, and nothing that follows from the parts', () => {
    const email = letter()
    const attempts = [
      () => email.addHeader('X-One', 'a\r\nBcc: b@example.org'),
      () => email.setHeader('X-One', ['a', 'b\0']),
      () => email.addHeader('X One', 'a'),
      () => email.addHeader('', 'a'),
      () => email.addHeader('X:', 'a'),
      () => email.setHeader('Content-Type', 'text/html'),
      () => email.setHeader('MIME-Version', '2.0'),
      () => email.setHeader('Resent-Bcc', 'a@example.org'),
      () => email.addHeader('Subject', 'a second'),
      () => email.setHeader('Date', 'tomorrow'),
      () => email.setHeader('Message-ID', 'a b'),
      () => email.setHeader('Importance', 'very'),
      () => email.setHeader('List-Unsubscribe', 'here'),
      () => (email.subject = 'a\nb'),
      () => (email.messageId = ''),
      () => (email.contentType = 'text/html\r\nX: y'),
    ]

    for (const attempt of attempts) {
      assert.throws(attempt, IllegalArgumentException, attempt.toString())
    }
    assert.equal(email.subject, 'Тема')
  })

  it('says of a mailing list what list says', async () => {
    const email = letter()
    email.list = {
      id: 'exchange.example.org',
      unsubscribe: ['https://example.org/u', 'mailto:u@example.org'],
      isOneClick: true,
    }

    assert.deepEqual(email.getAllHeaders('List-Unsubscribe'), [
      '<https://example.org/u>, <mailto:u@example.org>',
    ])
    email.setHeader('List-Id', 'Обмен <obmen.example.org>').setHeader('List-Post', 'NO')
    const read = Email.fromBytes(await email.toBytes())
    assert.deepEqual(read.list, {
      id: 'obmen.example.org',
      idName: 'Обмен',
      unsubscribe: ['https://example.org/u', 'mailto:u@example.org'],
      isOneClick: true,
      post: 'NO',
    })
    assert.equal(read.removeHeader('list-unsubscribe-post').list?.isOneClick, undefined)
  })

  it('says who has sent, what is answered, and who wants to know of it', async () => {
    const email = letter()
    email.actualSender = 'secretary@example.org'
    email.inReplyTo = ['<1@a>']
    email.references = ['0@a', '<1@a>']
    email.readReceiptTo = SENDER
    email.deliveryReceiptTo = [SENDER]

    const read = Email.fromBytes(await email.toBytes())

    assert.equal(String(email.prepare().envelope.reversePath), '<secretary@example.org>')
    assert.equal(read.actualSender?.address, 'secretary@example.org')
    assert.deepEqual([read.inReplyTo, read.references], [['<1@a>'], ['<0@a>', '<1@a>']])
    assert.deepEqual(addressesOf(read.readReceiptTo), [SENDER])
    assert.equal(read.getFirstHeader('Return-Receipt-To'), SENDER)
  })
})

describe('the text of a letter', () => {
  it('is plain unless it is said to be HTML, and HTML is what is preferred', () => {
    const email = letter().setTextAsString('plain')
    assert.equal(email.getText()[0]?.textKind, 'text/plain')

    email.addText('<b>html</b>', EmailTextKind.Html)
    assert.equal(email.getTextAsString(), '<b>html</b>')
    assert.equal(email.setTextAsString('again').getText().length, 1)
    assert.equal(letter().getTextAsString(), '')
  })

  it('is sent as what contentType says, when there is one text', async () => {
    const email = letter().setTextAsString('<b>x</b>')
    email.contentType = 'text/html; charset=utf-8'

    assert.equal(Email.fromBytes(await email.toBytes()).getText()[0]?.textKind, 'text/html')
    email.contentType = 'application/pdf'
    assert.equal(Email.fromBytes(await email.toBytes()).getText()[0]?.textKind, 'text/plain')
  })

  it('is what it is set to, whatever the letter was that was read', async () => {
    const read = Email.fromBytes(
      await letter().setTextAsString('<b>x</b>', EmailTextKind.Html).toBytes(),
    )

    const { textKind } =
      Email.fromBytes(await read.setTextAsString('y').toBytes()).getText()[0] ?? {}

    assert.match(read.contentType ?? '', /^text\/html/)
    assert.equal(textKind, 'text/plain')
  })

  it('keeps every part that was set, as alternatives with the plainest first', async () => {
    const email = letter().setText([
      new EmailTextPart('plain'),
      new EmailTextPart('<b>html</b>', EmailTextKind.Html),
      new EmailTextPart('<bold>rich</bold> и ещё', EmailTextKind.RichText),
    ])

    const octets = await email.toBytes()

    assert.match(textOf(octets), /^Content-Type: multipart\/alternative;/m)
    assert.doesNotMatch(textOf(octets), /multipart\/mixed/)
    assert.deepEqual(
      Email.fromBytes(octets)
        .getText()
        .map(({ text, textKind }) => [textKind, text.trimEnd()]),
      [
        ['text/plain', 'plain'],
        ['text/enriched', '<bold>rich</bold> и ещё'],
        ['text/html', '<b>html</b>'],
      ],
    )
  })

  it('is in a charset of one octet a character, if that is wanted', () => {
    const part = new EmailTextPart('При', EmailTextKind.PlainText, 'windows-1251')

    assert.deepEqual(part.data, new Uint8Array([0xcf, 0xf0, 0xe8]))
    assert.deepEqual([part.charset, part.hasParsingErrors], ['windows-1251', false])
    assert.deepEqual(new EmailTextPart({ text: 'При' }).data, octetsOf('При'))
    assert.throws(() => new EmailTextPart('€', 'text/plain', 'koi8-r'), IllegalArgumentException)
    for (const charset of ['iso-2022-jp', 'utf-16le', 'gb18030', 'nonsense']) {
      assert.throws(() => new EmailTextPart('x', 'text/plain', charset), IllegalArgumentException)
    }
    assert.throws(() => new EmailTextPart('x', 'image/png'), IllegalArgumentException)
  })

  it('is of a kind that its content type names, whatever its case and parameters', () => {
    assert.equal(EmailTextKind.byContentType('TEXT/html; charset=x'), EmailTextKind.Html)
    assert.equal(EmailTextKind.byContentType('text/richtext'), EmailTextKind.RichText)
    assert.equal(EmailTextKind.byContentType('text/csv'), undefined)
    assert.equal(EmailTextKind.RichText.contentType, 'text/enriched')
    assert.deepEqual(
      [EmailTextKind.Html.index, String(EmailTextKind.Html), EmailTextKind.Html.presentation()],
      [1, 'Html', 'Html'],
    )
  })

  it('stands beside an invitation', async () => {
    const email = letter().setTextAsString('Приходите')
    email.calendar = { method: 'REQUEST', content: 'BEGIN:VCALENDAR\nEND:VCALENDAR\n' }

    const read = Email.fromBytes(await email.toBytes())

    assert.deepEqual(read.calendar, email.calendar)
    assert.equal(read.getTextAsString().trimEnd(), 'Приходите')
  })
})

describe('an attachment', () => {
  it('is named and typed by its file, unless it is told otherwise', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'obmen-'))
    try {
      const path = join(folder, 'остатки.CSV')
      await writeFile(path, 'a;b')
      const email = letter()

      const file = email.attachFile(path)
      const named = email.attachFile(pathToFileURL(path), 'other.bin', 'application/x-own')

      assert.deepEqual([file.name, file.contentType], ['остатки.CSV', 'text/csv'])
      assert.deepEqual([named.name, named.contentType], ['other.bin', 'application/x-own'])
      assert.equal(textOf(file.data), 'a;b')
      assert.equal(email.prepare().content.sizeOctets, (await email.toBytes()).length)
      assert.throws(() => email.attachFile(folder), IllegalArgumentException)
      assert.throws(() => email.attachFile(join(folder, 'none')), IllegalArgumentException)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('has a name and an identifier of its own where none are given', () => {
    const email = letter()
    const octets = email.attachData(new Uint8Array([1]))
    const text = email.attachData('текст')

    assert.deepEqual([octets.name, octets.contentType], ['Attachment', 'application/octet-stream'])
    assert.deepEqual([text.name, text.contentType], ['', 'text/plain'])
    assert.match(octets.id, /^[-0-9a-f]{36}$/)
    assert.notEqual(octets.id, text.id)
    email.removeAttachment(octets.id)
    assert.deepEqual(email.attachments, [text])
  })

  it('of a stream is read by readData, and can be sent afterwards', async () => {
    const email = letter()
    const attachment = email.attachData(Readable.from([octetsOf('ab'), octetsOf('c')]), 'a.txt')

    assert.throws(() => attachment.data, IllegalStateException)
    assert.equal(textOf(await attachment.readData()), 'abc')
    assert.equal(textOf(attachment.data), 'abc')
    await email.toBytes()
    assert.deepEqual(await email.toBytes().then(({ length }) => length > 0), true)
  })

  it('says how it wants to be shown', () => {
    const attachment = letter().attachData('x', 'a.txt')

    attachment.contentDisposition = 'INLINE; filename=b.txt'
    attachment.transferEncoding = 'B'
    attachment.id = '<a@b>'

    assert.equal(attachment.isInline, true)
    assert.equal(attachment.transferEncoding, 'base64')
    assert.equal(attachment.id, 'a@b')
    assert.equal(String(attachment), 'a.txt')
    attachment.contentDisposition = undefined
    assert.equal(attachment.isInline, false)
  })

  it('S17 takes nothing that can not stand in a header', () => {
    const email = letter()
    const attempts = [
      () => email.attachData('x', 'a\r\nb'),
      () => email.attachData('x', 'a', 'text'),
      () => email.attachData('x', 'a', 'text/plain', 'a b'),
      () => email.attachData('x', { id: 'a>\r\n' }),
      // @ts-expect-error a number is no content
      () => email.attachData(new Number(5)),
    ]

    for (const attempt of attempts) assert.throws(attempt, IllegalArgumentException)
    assert.deepEqual(email.attachments, [])
  })

  it('that is a letter is that letter as it was when it was attached', async () => {
    const inner = letter().setTextAsString('внутри')
    const outer = letter()
    const attachment = outer.attachEmail(inner)
    inner.subject = 'changed'

    assert.equal(attachment.name, 'Тема.eml')
    assert.throws(() => attachment.data, IllegalStateException)
    const read = Email.fromBytes(await outer.toBytes()).attachments[0]?.data ?? octetsOf('')
    assert.equal(Email.fromBytes(read).subject, 'Тема')
  })
})

describe('a letter as octets', () => {
  it('is the same as a stream', async () => {
    const email = letter().setTextAsString('x')
    email.messageId = 'a@b'
    const pieces: Uint8Array[] = []
    for await (const piece of email.toStream()) pieces.push(piece as Uint8Array)

    assert.match(textOf(Buffer.concat(pieces)), /^Message-ID: <a@b>\r\n/m)
  })

  it('shows itself on one line', () => {
    assert.equal(String(letter()), '<shop@example.org> → <office@example.org>: Тема')
  })
})
