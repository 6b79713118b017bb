import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import type { DraftAttachment, MessageDraft } from '../../src/mime/message.ts'
import { latin, octets } from './cut.ts'
import { attach, compose, draftOf } from './drafts.ts'
import { readLetter } from './letters.ts'

const CALENDAR = 'BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n'
const invitation = { method: 'REQUEST', content: CALENDAR } as const

const file = attach(octets('file'), { fileName: 'a.bin', contentType: 'application/zip' })
const picture = attach(octets('picture'), {
  fileName: 'logo.png',
  contentType: 'image/png',
  disposition: 'inline',
  contentId: 'logo@example.org',
})
const letter = attach(octets('Subject: x\r\n\r\ny'), {
  fileName: 'x.eml',
  contentType: 'message/rfc822',
})

/** A draft with these and nothing else. */
function contentOf(
  given: Pick<MessageDraft, 'text' | 'html' | 'calendar' | 'attachments'>,
): MessageDraft {
  const { text: _, ...draft } = draftOf()
  return { ...draft, ...given }
}

async function outline(draft: MessageDraft): Promise<readonly string[]> {
  const read = readLetter([await compose(draft)])
  assert.deepEqual(read.defects, [])
  return read.parts.map(({ path, mediaType }) => (path === '' ? mediaType : `${path} ${mediaType}`))
}

describe('The parts of a composed letter (C9)', () => {
  for (const { name, given, expected } of [
    { name: 'nothing', given: {}, expected: ['text/plain'] },
    { name: 'a text', given: { text: 'x' }, expected: ['text/plain'] },
    { name: 'HTML', given: { html: '<p>x' }, expected: ['text/html'] },
    { name: 'a file', given: { attachments: [file] }, expected: ['application/zip'] },
    {
      name: 'a letter',
      given: { attachments: [letter] },
      expected: ['multipart/mixed', '1 message/rfc822'],
    },
    {
      name: 'two files',
      given: { attachments: [file, file] },
      expected: ['multipart/mixed', '1 application/zip', '2 application/zip'],
    },
    {
      name: 'text and HTML',
      given: { html: '<p>x', text: 'x' },
      expected: ['multipart/alternative', '1 text/plain', '2 text/html'],
    },
    {
      name: 'HTML and its picture',
      given: { html: '<img src="cid:logo@example.org">', attachments: [picture] },
      expected: ['multipart/related', '1 text/html', '2 image/png'],
    },
    {
      name: 'a picture that no HTML shows',
      given: { text: 'x', attachments: [picture] },
      expected: ['multipart/mixed', '1 text/plain', '2 image/png'],
    },
    {
      name: 'an inline file that nothing can name',
      given: { html: 'x', attachments: [{ ...file, disposition: 'inline' } as DraftAttachment] },
      expected: ['multipart/mixed', '1 text/html', '2 application/zip'],
    },
    {
      name: 'text and an invitation',
      given: { text: 'x', calendar: invitation },
      expected: ['multipart/alternative', '1 text/plain', '2 text/calendar'],
    },
    {
      name: 'an invitation with a file',
      given: { text: 'x', calendar: invitation, attachments: [file] },
      expected: [
        'multipart/mixed',
        '1 multipart/alternative',
        '1.1 text/plain',
        '1.2 text/calendar',
        '2 application/zip',
      ],
    },
    {
      name: 'everything',
      given: {
        text: 'x',
        html: 'x',
        calendar: invitation,
        attachments: [file, picture, letter],
      },
      expected: [
        'multipart/mixed',
        '1 multipart/related',
        '1.1 multipart/alternative',
        '1.1.1 text/plain',
        '1.1.2 text/html',
        '1.1.3 text/calendar',
        '1.2 image/png',
        '2 application/zip',
        '3 message/rfc822',
      ],
    },
  ]) {
    it(`are those of ${name}`, async () => {
      const draft = contentOf(given)

      assert.deepEqual(await outline(draft), expected)
      assert.equal(composeMessage(draft).sizeOctets, (await compose(draft)).length)
    })
  }

  it('are written exactly like this', async () => {
    const written = latin(
      await compose(
        contentOf({
          text: 'x\n',
          html: '<b>x',
          calendar: invitation,
          attachments: [picture, file],
        }),
      ),
    )

    assert.deepEqual(
      written.split('\r\n').slice(written.split('\r\n').indexOf('MIME-Version: 1.0')),
      [
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="=_m_0123456789abcdef"',
        '',
        '--=_m_0123456789abcdef',
        'Content-Type: multipart/related; type="multipart/alternative";',
        ' boundary="=_r_0123456789abcdef"',
        '',
        '--=_r_0123456789abcdef',
        'Content-Type: multipart/alternative; boundary="=_a_0123456789abcdef"',
        '',
        '--=_a_0123456789abcdef',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        'x',
        '',
        '--=_a_0123456789abcdef',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: 7bit',
        '',
        '<b>x',
        '--=_a_0123456789abcdef',
        'Content-Type: text/calendar; charset=utf-8; method=REQUEST',
        'Content-Transfer-Encoding: 7bit',
        '',
        'BEGIN:VCALENDAR',
        'METHOD:REQUEST',
        'END:VCALENDAR',
        '',
        '--=_a_0123456789abcdef--',
        '--=_r_0123456789abcdef',
        'Content-Type: image/png; name=logo.png',
        'Content-Transfer-Encoding: base64',
        'Content-ID: <logo@example.org>',
        'Content-Disposition: inline; filename=logo.png',
        '',
        'cGljdHVyZQ==',
        '--=_r_0123456789abcdef--',
        '--=_m_0123456789abcdef',
        'Content-Type: application/zip; name=a.bin',
        'Content-Transfer-Encoding: base64',
        'Content-Disposition: attachment; filename=a.bin',
        '',
        'ZmlsZQ==',
        '--=_m_0123456789abcdef--',
        '',
      ],
    )
  })

  it('name the type of what a related is about (RFC 2387 §3.1)', async () => {
    const written = latin(await compose(contentOf({ html: 'x', attachments: [picture] })))

    assert.match(written, /multipart\/related; type="text\/html";/)
  })

  it('may have no name, and a content identifier without a domain', async () => {
    const { fileName: _, ...nameless } = { ...picture, contentId: '5f3c-logo' }

    const written = latin(await compose(contentOf({ html: 'x', attachments: [nameless] })))

    assert.match(written, /Content-Type: image\/png\r\n.*\r\nContent-ID: <5f3c-logo>\r\n/)
    assert.match(written, /Content-Disposition: inline\r\n/)
  })

  it('do not begin a delimiter of another multipart, whatever the boundary', async () => {
    for (const boundary of ['m'.repeat(16), 'r'.repeat(60), 'aaaaaaaaaaaaaaaaa']) {
      const draft = {
        ...contentOf({ text: 'x', html: 'x', attachments: [picture, file] }),
        boundary,
      }

      assert.equal((await outline(draft)).length, 7)
    }
  })

  for (const { name, given } of [
    { name: 'a content identifier with a bracket', given: { contentId: 'a>b@c' } },
    { name: 'a content identifier of two lines', given: { contentId: 'a\r\nX: y' } },
    { name: 'an empty content identifier', given: { contentId: '' } },
    { name: 'a content identifier that is not ASCII', given: { contentId: 'ё@example.org' } },
    { name: 'a multipart as an attachment', given: { contentType: 'multipart/mixed' } },
    { name: 'a type with parameters', given: { contentType: 'text/plain; charset=x' } },
  ]) {
    it(`are not written with ${name}`, () => {
      const draft = contentOf({ html: 'x', attachments: [{ ...picture, ...given }] })

      assert.throws(() => composeMessage(draft), HeaderInvalid)
    })
  }

  it('are not written with a calendar of another method (RFC 6047 §2.4)', () => {
    const calendar = { method: 'CANCEL', content: CALENDAR } as const

    assert.throws(() => composeMessage(contentOf({ calendar })), HeaderInvalid)
  })

  for (const method of ['request', '', 'REQUEST; name="invoice.exe"', 'REQUEST\r\nX-Y: z']) {
    it(`are not written with a calendar whose method is ${JSON.stringify(method)}`, () => {
      const calendar = { method: 'REQUEST', content: 'BEGIN:VCALENDAR' } as const
      // Who writes no types may give any text.
      Object.assign(calendar, { method })

      assert.throws(() => composeMessage(contentOf({ calendar })), HeaderInvalid)
    })
  }

  it('are written with a calendar that says no method of its own', () => {
    const calendar = { method: 'REQUEST', content: 'BEGIN:VCALENDAR' } as const

    assert.equal(composeMessage(contentOf({ calendar })).body, '7BIT')
  })
})
