import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import type { DraftAttachment } from '../../src/mime/message.ts'
import { cutAt, latin } from './cut.ts'
import { attach, compose, draftOf, FILE_NAME, piecesOf } from './drafts.ts'
import { readLetter } from './letters.ts'

/** Two pieces of 57 octets, and word of the end, whichever it was. */
async function* loggedPieces(end: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* piecesOf([new Uint8Array(57), new Uint8Array(57)])
  } finally {
    end()
  }
}

describe('A composed letter', () => {
  it('is exactly this', async () => {
    const letter = await compose(draftOf({ attachments: [attach(new Uint8Array(60))] }))

    assert.deepEqual(latin(letter).split('\r\n'), [
      'Date: Sun, 22 Nov 2026 04:33:00 +0000',
      'From: =?utf-8?B?0KHQutC70LDQtCDihJYgMQ==?= <shop-1@example.org>',
      'To: office@example.org',
      'Message-ID: <7.f81d4fae@shop-1.example.org>',
      'Subject: =?utf-8?B?0KHQntCe0JHQqdCV0J3QmNCVX9Ce0JHQnNCV0J3QkDogTWVzc2Fn?=',
      ' =?utf-8?B?ZV/Qo9C00LDQu9C10L3QvdGL0LXQodC60LvQsNC00Ytf0KbQkV/QoTAxXzcu?=',
      ' =?utf-8?B?bmRqc29uLnpzdA==?=',
      'Obmen-Message: Stock C01 HQ 7',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="=_m_0123456789abcdef"',
      '',
      '--=_m_0123456789abcdef',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      '',
      '0KHQvtC+0LHRidC10L3QuNC1INC+0LHQvNC10L3QsCDihJYgNy4NCtCd0LUg0YPQtNCw0LvRj9C5',
      '0YLQtSDRjdGC0L4g0L/QuNGB0YzQvNC+Lg0K',
      '--=_m_0123456789abcdef',
      'Content-Type: application/zstd;',
      ' name="=?utf-8?B?TWVzc2FnZV/Qo9C00LDQu9C10L3QvdGL0LXQodC60LvQsNC00Ytf?=',
      ' =?utf-8?B?0KbQkV/QoTAxXzcubmRqc29uLnpzdA==?="',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment;',
      " filename*0*=utf-8''Message_%D0%A3%D0%B4%D0%B0%D0%BB%D0%B5%D0%BD%D0%BD;",
      ' filename*1*=%D1%8B%D0%B5%D0%A1%D0%BA%D0%BB%D0%B0%D0%B4%D1%8B_%D0%A6%D0%91_;',
      ' filename*2*=%D0%A101_7.ndjson.zst',
      '',
      'A'.repeat(76),
      'AAAA',
      '--=_m_0123456789abcdef--',
      '',
    ])
  })

  it('reads back as it was drafted', async () => {
    const content = new Uint8Array(5000).map((_, i) => (i * i) >> 3)

    const letter = readLetter([await compose(draftOf({ attachments: [attach(content)] }))])

    assert.equal(letter.subject, `СООБЩЕНИЕ_ОБМЕНА: ${FILE_NAME}`)
    assert.deepEqual(letter.defects, [])
    assert.deepEqual(letter.parts, [
      { path: '', mediaType: 'multipart/mixed' },
      {
        path: '1',
        mediaType: 'text/plain',
        content: latin(Buffer.from('Сообщение обмена № 7.\r\nНе удаляйте это письмо.\r\n')),
      },
      { path: '2', mediaType: 'application/zstd', fileName: FILE_NAME, content: latin(content) },
    ])
  })

  it('without attachments is its text', async () => {
    const letter = readLetter([await compose(draftOf({ text: 'Hello,\nworld.\n' }))])

    assert.deepEqual(letter.parts, [
      { path: '', mediaType: 'text/plain', content: 'Hello,\r\nworld.\r\n' },
    ])
  })

  it('has every field once, and Reply-To if wanted', async () => {
    const letter = await compose(
      draftOf({
        replyTo: MailboxAddress.parse('a@b.test'),
        attachments: [attach(new Uint8Array(1))],
      }),
    )

    const header = parseHeaderSection(letter)

    assert.deepEqual(
      header.fields.map((field) => field.name),
      [
        'Date',
        'From',
        'Reply-To',
        'To',
        'Message-ID',
        'Subject',
        'Obmen-Message',
        'MIME-Version',
        'Content-Type',
      ],
    )
    assert.equal(header.first('reply-to'), 'a@b.test')
    assert.equal(header.first('obmen-message'), 'Stock C01 HQ 7')
  })

  it('reads an attachment piece by piece, and only when the letter is taken', async () => {
    let taken = 0
    const content = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of piecesOf([new Uint8Array(57), new Uint8Array(57)])) {
        taken++
        yield piece
      }
    }
    const letter = composeMessage(
      draftOf({ attachments: [attach(new Uint8Array(114), { content })] }),
    )[Symbol.asyncIterator]()

    await letter.next()
    assert.equal(taken, 0)
    const piece = await letter.next()
    assert.equal(taken, 1)
    assert.equal(piece.value?.length, 78)
    await letter.return()
  })

  it('opens each attachment when its turn comes, and closes it, given up or not', async () => {
    const log: string[] = []
    const file = (name: string): DraftAttachment =>
      attach(new Uint8Array(0), {
        fileName: name,
        sizeOctets: 114,
        content: () => {
          log.push(`open ${name}`)
          return loggedPieces(() => log.push(`close ${name}`))
        },
      })
    const draft = draftOf({ attachments: [file('a'), file('b')] })

    const whole = await compose(draft)
    assert.deepEqual(log.splice(0), ['open a', 'close a', 'open b', 'close b'])
    assert.deepEqual(await compose(draft), whole)
    assert.deepEqual(log.splice(0), ['open a', 'close a', 'open b', 'close b'])

    for (const { pieces, expected } of [
      { pieces: 0, expected: [] },
      { pieces: 1, expected: [] },
      { pieces: 2, expected: ['open a', 'close a'] },
    ]) {
      const letter = composeMessage(draft)[Symbol.asyncIterator]()
      for (let piece = 0; piece < pieces; piece++) await letter.next()
      await letter.return()
      assert.deepEqual(log.splice(0), expected)
      assert.equal((await letter.next()).done, true)
    }
  })

  it('is broken off at a piece that is no Uint8Array, and closes what it read', async () => {
    for (const piece of ['text', [1, 2], new Uint16Array(60)]) {
      const file = Readable.from([piece])
      const { sizeOctets: _, ...attachment } = attach(new Uint8Array(0))

      await assert.rejects(
        compose(draftOf({ attachments: [{ ...attachment, content: () => file }] })),
        TypeError,
      )
      assert.equal(file.destroyed, true)
    }
  })

  it('is broken off before its end when an attachment is not of its size', async () => {
    for (const { octets, sizeOctets } of [
      { octets: 57, sizeOctets: 58 },
      { octets: 0, sizeOctets: 1 },
      { octets: 58, sizeOctets: 57 },
      { octets: 1, sizeOctets: 0 },
    ]) {
      const draft = draftOf({ attachments: [attach(new Uint8Array(octets), { sizeOctets })] })
      let letter = ''

      await assert.rejects(async () => {
        for await (const piece of composeMessage(draft)) letter += latin(piece)
      }, RangeError)
      assert.doesNotMatch(letter, /--\r\n$/)
    }
  })

  it('is refused at the call when a size is none', () => {
    for (const sizeOctets of [-1, Number.NaN, 0.5, Infinity]) {
      const draft = draftOf({ attachments: [attach(new Uint8Array(1), { sizeOctets })] })

      assert.throws(() => composeMessage(draft), RangeError)
    }
  })

  it('is copied to those in Cc, and has no such field without them', async () => {
    const cc = [MailboxAddress.parse('"Склад" <a@b.test>'), MailboxAddress.parse('c@d.test')]

    assert.match(
      latin(await compose(draftOf({ cc }))),
      /^To: .+\r\nCc: =\?.+ <a@b\.test>, c@d\.test\r$/m,
    )
    assert.doesNotMatch(latin(await compose(draftOf({ cc: [] }))), /^Cc:/m)
  })

  it('is of the size foretold', async () => {
    const drafts = [
      draftOf(),
      draftOf({ text: '' }),
      draftOf({ text: 'plain' }),
      ...[0, 1, 56, 57, 58, 1000].map((size) =>
        draftOf({ attachments: [attach(new Uint8Array(size)), attach(new Uint8Array(3))] }),
      ),
    ]

    for (const draft of drafts) {
      assert.equal(composeMessage(draft).sizeOctets, (await compose(draft)).length)
    }
    const { sizeOctets: _, ...unknownSize } = attach(new Uint8Array(1))
    assert.equal(composeMessage(draftOf({ attachments: [unknownSize] })).sizeOctets, undefined)
  })

  it('holds no delimiter but its own, even if the text knows the boundary (C6)', async () => {
    const text = '--=_m_0123456789abcdef\n--0123456789abcdef--\n--=_m_0123456789abcdef--\n'

    const letter = readLetter([
      await compose(draftOf({ text, attachments: [attach(new Uint8Array(1))] })),
    ])

    assert.deepEqual(letter.order, ['+', '+1', '-1', '+2', '-2', '-'])
    assert.equal(letter.parts[1]?.content, text.replaceAll('\n', '\r\n'))
  })

  it('is ASCII lines of at most 76 that end in CRLF, and reads back, whatever the draft (C1)', async () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .map((text) => text.replaceAll(/\p{Cc}/gu, '').toWellFormed())
    const lines = fc.array(line, { maxLength: 4 }).map((texts) => texts.join('\n'))
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          subject: line,
          value: line,
          text: lines,
          fileName: line,
          content: fc.uint8Array({ maxLength: 300 }),
        }),
        fc.array(fc.nat(300), { maxLength: 5 }),
        async ({ subject, value, text, fileName, content }, places) => {
          const attachment = attach(content, {
            fileName,
            content: () => piecesOf(cutAt(content, places)),
          })

          const octets = await compose(
            draftOf({
              subject,
              text,
              headerFields: [{ name: 'X-Own', value }],
              attachments: [attachment],
            }),
          )

          assert.match(latin(octets), /^(?:[ -~]{0,76}\r\n)+$/)
          const letter = readLetter([octets])
          assert.equal(letter.subject, subject)
          assert.equal(parseHeaderSection(octets).first('x-own'), value)
          assert.equal(
            letter.parts[1]?.content ?? '',
            latin(Buffer.from(text.replaceAll('\n', '\r\n'))),
          )
          assert.equal(letter.parts[2]?.fileName ?? '', fileName)
          assert.equal(letter.parts[2]?.content ?? '', latin(content))
        },
      ),
    )
  })

  for (const { name, given } of [
    { name: 'a subject of two lines', given: { subject: 'a\r\nBcc: b@c.test' } },
    { name: 'a subject with NUL', given: { subject: 'a\0' } },
    { name: 'an own field of two lines', given: { headerFields: [{ name: 'X', value: 'a\nb' }] } },
    {
      name: 'an own field with a line end in its name',
      given: { headerFields: [{ name: 'X:\r\nY', value: 'a' }] },
    },
    {
      name: 'a field that the draft has a property for',
      given: { headerFields: [{ name: 'SUBJECT', value: 'a' }] },
    },
    {
      name: 'Cc as an own field',
      given: { headerFields: [{ name: 'Cc', value: 'a@b.test' }] },
    },
    {
      name: 'Bcc, which would show whom it hides',
      given: { headerFields: [{ name: 'Bcc', value: 'a@b.test' }] },
    },
    {
      name: 'a content field',
      given: { headerFields: [{ name: 'Content-Type', value: 'text/html' }] },
    },
    { name: 'a message identifier that is none', given: { messageId: '<a b@c>' } },
    { name: 'no date', given: { date: new Date(Number.NaN) } },
    {
      name: 'a short boundary',
      given: { boundary: 'abc', attachments: [attach(new Uint8Array(1))] },
    },
    {
      name: 'a boundary with a line end',
      given: { boundary: `0123456789abcdef\r\n`, attachments: [attach(new Uint8Array(1))] },
    },
    {
      name: 'a file name of two lines',
      given: { attachments: [attach(new Uint8Array(1), { fileName: 'a\nb' })] },
    },
    {
      name: 'a content type that is none',
      given: { attachments: [attach(new Uint8Array(1), { contentType: 'zip' })] },
    },
    {
      name: 'a content type with a line end',
      given: { attachments: [attach(new Uint8Array(1), { contentType: 'a/b\r\nX: y' })] },
    },
    {
      name: 'a content type that can not be base64',
      given: { attachments: [attach(new Uint8Array(1), { contentType: 'message/partial' })] },
    },
  ]) {
    it(`is not written with ${name}`, () => {
      assert.throws(
        () => composeMessage(draftOf(given)),
        (error) =>
          error instanceof HeaderInvalid &&
          error.code === 'HEADER_INVALID' &&
          !/[\r\n\0]/.test(error.message),
      )
    })
  }
})
