import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7, MailboxName } from '../../src/imap/mailbox-name.ts'

describe('modified UTF-7', () => {
  for (const [text, encoded] of [
    ['INBOX', 'INBOX'],
    ['A&B', 'A&-B'],
    ['&', '&-'],
    ['Отправленные', '&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['😀', '&2D3eAA-'],
    ['é&è', '&AOk-&-&AOg-'],
    ['a\tb', 'a&AAk-b'],
  ] as const) {
    it(`I4 writes ${JSON.stringify(text)} as ${encoded}, and reads it back`, () => {
      assert.equal(encodeModifiedUtf7(text), encoded)
      assert.equal(decodeModifiedUtf7(encoded), text)
    })
  }

  it('I4 reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(decodeModifiedUtf7(encodeModifiedUtf7(text)), text)
      }),
    )
  })

  for (const illegal of [
    '&',
    'a&b',
    '&AOk',
    '&AOk-&AOg-',
    '&AGE-',
    '&AOk=-',
    '&AOl-x&AOm-',
    '&A-',
    '&AO-',
    '&!!!-',
    'é',
    '&2D3-&-&3gA-&',
  ]) {
    it(`I4 refuses ${illegal}, which is not how any text is written`, () => {
      assert.equal(decodeModifiedUtf7(illegal), undefined)
    })
  }
})

describe('The name of a mailbox', () => {
  it('is written as the connection wants it', () => {
    const name = MailboxName.of('Входящие')

    assert.equal(textOf(name.octets('modified-utf-7')), '&BBIERQQ+BDQETwRJBDgENQ-')
    assert.equal(textOf(name.octets('utf-8')), 'Входящие')
  })

  it('I4 keeps the octets of a server that writes no proper modified UTF-7', () => {
    for (const illegal of ['&AGE-', 'R&D', 'caf\u00e9']) {
      const name = MailboxName.read(octetsOf(illegal), 'modified-utf-7')

      assert.equal(name.text, illegal)
      assert.equal(textOf(name.octets('modified-utf-7')), illegal)
    }
  })

  it('is INBOX in any case', () => {
    assert.ok(MailboxName.of('inbox').isInbox)
    assert.equal(MailboxName.of('Inbox').toString(), 'INBOX')
    assert.equal(JSON.stringify(MailboxName.read(octetsOf('iNBOX'), 'utf-8')), '"INBOX"')
  })

  it('I3 has no control characters', () => {
    for (const name of ['', 'a\r\nA2 LOGOUT', 'a\0', 'a\u007f', '\ud800']) {
      assert.throws(() => MailboxName.of(name), RangeError)
    }
  })
})
