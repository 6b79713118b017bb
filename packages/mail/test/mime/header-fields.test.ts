import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAddressList } from '../../src/address/address-list.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { composeMessage } from '../../src/mime/compose-message.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { headerFields } from '../../src/mime/header-fields.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import type { DraftList, MessageDraft } from '../../src/mime/message.ts'
import { latin } from './cut.ts'
import { compose, draftOf } from './drafts.ts'

const mary = MailboxAddress.parse('Mary <mary@example.org>')
const john = MailboxAddress.parse('john@example.org')

/** The fields of a draft but for those that every draft has. */
function fieldsOf(given: Partial<MessageDraft>): string {
  const { subject: _, headerFields: __, to: ___, ...draft } = draftOf()
  return headerFields({ ...draft, from: mary, ...given })
    .fields.replace(/^Date: .+\r\nFrom: Mary <mary@example\.org>\r\n/, '')
    .replace(/Message-ID: .+\r\n/, '')
    .replace(/MIME-Version: 1\.0\r\n$/, '')
}

describe('The header section of a composed letter', () => {
  it('needs no more than an author, a date and an identifier (RFC 5322 §3.6)', () => {
    assert.equal(fieldsOf({}), '')
    assert.equal(fieldsOf({ to: [], cc: [], replyTo: [], references: [], list: {} }), '')
    assert.equal(fieldsOf({ subject: '' }), 'Subject:\r\n')
  })

  it('says the date in UTC, or in the zone that it is given (RFC 5322 §3.3)', () => {
    const date = new Date('2026-11-22T22:30:00Z')
    const dateIn = (given: Partial<MessageDraft>) =>
      headerFields(draftOf({ date, ...given })).fields.split('\r\n', 1)[0]

    assert.equal(dateIn({}), 'Date: Sun, 22 Nov 2026 22:30:00 +0000')
    assert.equal(dateIn({ dateOffsetMinutes: 180 }), 'Date: Mon, 23 Nov 2026 01:30:00 +0300')
    assert.throws(() => dateIn({ dateOffsetMinutes: 0.5 }), HeaderInvalid)
  })

  it('names several authors and who sends for them (RFC 5322 §3.6.2)', () => {
    const { fields } = headerFields(draftOf({ from: [mary, john], sender: john }))

    assert.match(
      fields,
      /\r\nFrom: Mary <mary@example\.org>, john@example\.org\r\nSender: john@example\.org\r\n/,
    )
    assert.equal(fieldsOf({ sender: john }), 'Sender: john@example.org\r\n')
    assert.throws(() => headerFields(draftOf({ from: [mary, john] })), HeaderInvalid)
  })

  it('has groups in To, Cc and Reply-To', () => {
    const entries = parseAddressList('Team: mary@example.org, john@example.org;, a@b.test')
    const written = 'Team: mary@example.org, john@example.org;, a@b.test\r\n'

    assert.equal(
      fieldsOf({ to: entries, cc: entries, replyTo: entries }),
      `Reply-To: ${written}To: ${written}Cc: ${written}`,
    )
    assert.equal(fieldsOf({ replyTo: john }), 'Reply-To: john@example.org\r\n')
  })

  it('refers to other letters, as their identifiers came (RFC 5322 §3.6.4)', () => {
    const references = ['<1@a.test>', '<no-domain>', `<${'x'.repeat(60)}@b.test>`]

    assert.equal(
      fieldsOf({ inReplyTo: ['<1@a.test>'], references }),
      `In-Reply-To: <1@a.test>\r\nReferences: <1@a.test> <no-domain>\r\n ${references[2]}\r\n`,
    )
    for (const wrong of [
      '1@a.test',
      '<a b@c.test>',
      '<>',
      '<a@b>\r\nX: y',
      '<ё@b.test>',
      '<a@b> <c@d>',
    ]) {
      assert.throws(() => fieldsOf({ inReplyTo: [wrong] }), HeaderInvalid, wrong)
      assert.throws(() => fieldsOf({ references: [wrong] }), HeaderInvalid, wrong)
    }
  })

  it('says how important the letter is, in each of the three ways', () => {
    for (const [importance, number] of [
      ['low', '5'],
      ['normal', '3'],
      ['high', '1'],
    ] as const) {
      const header = parseHeaderSection(Buffer.from(`${fieldsOf({ importance })}\r\n`))

      assert.equal(header.first('importance'), importance)
      assert.equal(header.first('x-priority')?.slice(0, 1), number)
      assert.equal(header.first('x-msmail-priority')?.toLowerCase(), importance)
    }
  })

  it('asks for receipts (RFC 8098 §2.1)', () => {
    assert.equal(
      fieldsOf({ readReceiptTo: [mary], deliveryReceiptTo: [john, mary] }),
      'Disposition-Notification-To: Mary <mary@example.org>\r\n' +
        'Return-Receipt-To: john@example.org, Mary <mary@example.org>\r\n',
    )
  })

  it('is UTF-8 when a local part is not ASCII, and says so (RFC 6532, S19)', async () => {
    const utf8 = draftOf({ to: [MailboxAddress.parse('Склад <склад@почта.рф>')] })
    const ascii = draftOf({ to: [MailboxAddress.parse('Склад <shop@почта.рф>')] })

    assert.equal(composeMessage(utf8).needsSmtpUtf8, true)
    assert.match((await compose(utf8)).toString(), /^To: =\?utf-8\?B\?\S+\?= <склад@почта\.рф>\r$/m)
    assert.equal(composeMessage(utf8).sizeOctets, (await compose(utf8)).length)
    assert.equal(composeMessage(ascii).needsSmtpUtf8, false)
    assert.match(latin(await compose(ascii)), /<shop@xn--80a1acny\.xn--p1ai>/)
  })

  it('never holds Bcc, nor a field twice that a draft has a property for (S25)', () => {
    for (const name of [
      'Bcc',
      'Resent-Bcc',
      'Sender',
      'In-Reply-To',
      'References',
      'Importance',
      'X-PRIORITY',
      'Disposition-Notification-To',
      'Return-Receipt-To',
      'List-Unsubscribe-Post',
      'list-id',
      'MIME-Version',
      'Content-Transfer-Encoding',
    ]) {
      assert.throws(() => fieldsOf({ headerFields: [{ name, value: 'x' }] }), HeaderInvalid, name)
    }
    assert.equal(fieldsOf({ headerFields: [{ name: 'X-Own', value: 'x' }] }), 'X-Own: x\r\n')
  })

  it('refuses what would begin another field, wherever it stands (S17)', () => {
    const evil = 'x\r\nBcc: evil@example.org'
    const group = { kind: 'group', displayName: evil, members: [] } as const
    const drafts: readonly Partial<MessageDraft>[] = [
      { subject: evil },
      { messageId: `<a@b.test>\r\nX: y` },
      { boundary: `0123456789abcdef\r\n` },
      { to: [group] },
      { headerFields: [{ name: evil, value: 'x' }] },
      { headerFields: [{ name: 'X', value: evil }] },
      { list: { id: evil } },
      { list: { id: 'a.b', idName: evil } },
      { list: { help: [`mailto:a@b.test>\r\nX: <y`] } },
    ]

    for (const draft of drafts) assert.throws(() => composeMessage(draftOf(draft)), HeaderInvalid)
  })
})

describe('The fields of a list', () => {
  it('are written as RFC 2369, RFC 2919 and RFC 8058 have them', () => {
    assert.equal(
      fieldsOf({
        list: {
          id: 'stock.example.org',
          idName: 'Остатки',
          help: ['https://example.org/help', 'mailto:help@example.org?subject=help'],
          subscribe: ['mailto:join@example.org'],
          unsubscribe: ['https://example.org/leave?id=1,2', 'mailto:leave@example.org'],
          isOneClick: true,
          post: ['mailto:stock@example.org'],
          owner: ['mailto:owner@example.org'],
          archive: ['http://example.org/archive'],
        },
      }),
      [
        'List-Id: =?utf-8?B?0J7RgdGC0LDRgtC60Lg=?= <stock.example.org>',
        'List-Help: <https://example.org/help>,',
        ' <mailto:help@example.org?subject=help>',
        'List-Subscribe: <mailto:join@example.org>',
        'List-Unsubscribe: <https://example.org/leave?id=1,2>,',
        ' <mailto:leave@example.org>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'List-Post: <mailto:stock@example.org>',
        'List-Owner: <mailto:owner@example.org>',
        'List-Archive: <http://example.org/archive>',
        '',
      ].join('\r\n'),
    )
    assert.equal(fieldsOf({ list: { post: 'NO', help: [] } }), 'List-Post: NO\r\n')
    assert.equal(fieldsOf({ list: { id: 'a.b' } }), 'List-Id: <a.b>\r\n')
  })

  const wrong: readonly { readonly name: string; readonly list: DraftList }[] = [
    { name: 'a file', list: { help: ['file:///etc/passwd'] } },
    { name: 'a script', list: { help: ['javascript:alert(1)'] } },
    { name: 'an address without a scheme', list: { owner: ['owner@example.org'] } },
    { name: 'a comment', list: { help: ['https://a.test/ (x)'] } },
    { name: 'an angle bracket', list: { subscribe: ['https://a.test/<x'] } },
    { name: 'a closing angle bracket', list: { unsubscribe: ['https://a.test/>x'] } },
    { name: 'a line end', list: { unsubscribe: ['https://a.test/\r\nX:'] } },
    { name: 'Cyrillic', list: { archive: ['https://почта.рф/'] } },
    { name: 'nothing behind the scheme', list: { help: ['mailto:'] } },
    {
      name: 'an address too long for a line',
      list: { help: [`https://a.test/${'x'.repeat(999)}`] },
    },
    { name: 'an identifier of one label', list: { id: 'stock' } },
    { name: 'an identifier with a bracket', list: { id: 'a.b>c' } },
    { name: 'an identifier that is not ASCII', list: { id: 'склад.example.org' } },
    { name: 'an identifier of 256 characters', list: { id: `${'a'.repeat(254)}.b` } },
    { name: 'a name alone', list: { idName: 'Stock' } },
    {
      name: 'one click and no https: address',
      list: { unsubscribe: ['mailto:a@b.test'], isOneClick: true },
    },
    { name: 'one click and no address', list: { isOneClick: true } },
  ]
  for (const { name, list } of wrong) {
    it(`are not written with ${name}`, () => {
      assert.throws(() => fieldsOf({ list }), HeaderInvalid)
    })
  }
})
