import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'

describe('Mailbox address', () => {
  for (const { name, text, addrSpec, displayName } of [
    { name: 'an address alone', text: 'a@b.example', addrSpec: 'a@b.example' },
    {
      name: 'a name of atoms',
      text: 'Mary Smith <m@x.test>',
      addrSpec: 'm@x.test',
      displayName: 'Mary Smith',
    },
    {
      name: 'a quoted name with specials (RFC 5322 §A.1.2)',
      text: '"Joe Q. Public" <john.q.public@example.com>',
      addrSpec: 'john.q.public@example.com',
      displayName: 'Joe Q. Public',
    },
    {
      name: 'quoted pairs in a name (RFC 5322 §A.1.2)',
      text: String.raw`"Giant; \"Big\" Box" <sysservices@example.net>`,
      addrSpec: 'sysservices@example.net',
      displayName: 'Giant; "Big" Box',
    },
    {
      name: 'comments and folding everywhere (RFC 5322 §A.5)',
      text: 'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>',
      addrSpec: 'pete@silly.test',
      displayName: 'Pete',
    },
    {
      name: 'obsolete dots and white space (RFC 5322 §A.6.3)',
      text: 'John <jdoe@machine(comment).  example>',
      addrSpec: 'jdoe@machine.example',
      displayName: 'John',
    },
    {
      name: 'an obsolete route (RFC 5322 §A.6.1)',
      text: 'Mary Smith <@node.test,,@other.test:mary@example.net>',
      addrSpec: 'mary@example.net',
      displayName: 'Mary Smith',
    },
    {
      name: 'an unquoted dot in a name',
      text: 'Joe Q. Public <j@x.test>',
      addrSpec: 'j@x.test',
      displayName: 'Joe Q. Public',
    },
    { name: 'a quoted local part', text: '"a b"@x.test', addrSpec: '"a b"@x.test' },
    {
      name: 'a quoted local part that needs no quotes',
      text: '"a.b"@x.test',
      addrSpec: 'a.b@x.test',
    },
    {
      name: 'a local part that holds @',
      text: '"a@evil.test x"@x.test',
      addrSpec: '"a@evil.test x"@x.test',
    },
    { name: 'a domain literal', text: 'jdoe@[192.0.2.1]', addrSpec: 'jdoe@[192.0.2.1]' },
    {
      name: 'an IPv6 literal',
      text: 'jdoe@[IPv6:2001:db8::1]',
      addrSpec: 'jdoe@[IPv6:2001:db8::1]',
    },
    { name: 'angle brackets without a name', text: '<boss@nil.test>', addrSpec: 'boss@nil.test' },
    { name: 'an empty quoted name', text: '"" <boss@nil.test>', addrSpec: 'boss@nil.test' },
    {
      name: 'Cyrillic',
      text: 'Склад №1 <склад@почта.рф>',
      addrSpec: 'склад@почта.рф',
      displayName: 'Склад №1',
    },
    {
      name: 'folding with a line end',
      text: 'A\r\n B <a@b.test>',
      addrSpec: 'a@b.test',
      displayName: 'A B',
    },
    {
      name: 'an address inside a quoted name (the brackets count)',
      text: '"x@good.test" <y@evil.test>',
      addrSpec: 'y@evil.test',
      displayName: 'x@good.test',
    },
    { name: 'a comment after the domain', text: 'user@good.test(x)', addrSpec: 'user@good.test' },
  ]) {
    it(`reads ${name}`, () => {
      const address = MailboxAddress.parse(text)

      assert.equal(address.addrSpec, addrSpec)
      assert.equal(address.displayName, displayName)
    })
  }

  for (const { name, text } of [
    { name: 'nothing', text: '' },
    { name: 'no @', text: 'abc' },
    { name: 'no domain', text: 'a@' },
    { name: 'no local part', text: '@b.test' },
    { name: 'an empty label', text: 'a@b..test' },
    { name: 'a dot at the end of the local part', text: 'a.@b.test' },
    { name: 'a missing bracket', text: 'A <a@b.test' },
    { name: 'text after the address', text: '"a" <b@c.test> d' },
    { name: 'a domain that a comment splits', text: 'user@good.test(x)evil.test' },
    { name: 'two addresses', text: 'a@b.test, c@d.test' },
    { name: 'a quote that does not close', text: '"a <b@c.test>' },
    { name: 'a comment that does not close', text: '(a b@c.test' },
    { name: 'a line end that does not fold', text: 'a@b.test\r\nRCPT TO:<x>' },
    { name: 'a line end in a quoted local part', text: '"a\r\nRCPT TO:<x>"@b.test' },
    { name: 'a quoted line end', text: '"a\\\r\\\n"@b.test' },
    { name: 'NUL', text: 'a\0@b.test' },
    { name: 'a fullwidth @ instead of @', text: 'a＠b.test' },
    { name: 'a fullwidth @ in the domain', text: 'a@b＠c.test' },
    { name: 'a number with a dot that makes two labels of one', text: 'a@⒈com.org' },
    { name: 'a fullwidth letter in the domain', text: 'a@ｂ.test' },
    { name: 'a ligature in the domain', text: 'a@oﬃce.test' },
    { name: 'a filler that nobody sees in the domain', text: 'a@b\u3164.test' },
    { name: 'a variation selector in the domain', text: 'a@b\ufe0fc.test' },
    { name: 'a space in the domain', text: 'a@b c.test' },
    { name: 'an open domain literal', text: 'a@[192.0.2.1' },
    { name: 'a local part of 65 octets', text: `${'a'.repeat(65)}@b.test` },
    { name: 'a label of 64', text: `a@${'b'.repeat(64)}.test` },
    { name: 'a domain of 256 octets', text: `a@${'bcde.'.repeat(51)}f` },
  ]) {
    it(`refuses ${name}`, () => {
      assert.throws(() => MailboxAddress.parse(text), AddressInvalid)
    })
  }

  it('can not be made of parts with control characters', () => {
    for (const control of ['\r', '\n', '\0', '\r\nBcc: x@y.test', '\u0085']) {
      assert.throws(
        () => MailboxAddress.of({ localPart: `a${control}`, domain: 'b.test' }),
        AddressInvalid,
      )
      assert.throws(
        () => MailboxAddress.of({ localPart: 'a', domain: `b.test${control}` }),
        AddressInvalid,
      )
      assert.throws(
        () => MailboxAddress.of({ localPart: 'a', domain: 'b.test', displayName: `x${control}y` }),
        AddressInvalid,
      )
    }
  })

  it('says where it could not be read, and escapes what it was', () => {
    assert.throws(
      () => MailboxAddress.parse('a@b.test\nX'),
      (error) =>
        error instanceof AddressInvalid &&
        error.code === 'ADDRESS_INVALID' &&
        error.position === 8 &&
        error.input === 'a@b.test\nX' &&
        !error.message.includes('\n'),
    )
  })

  it('knows whether it needs SMTPUTF8', () => {
    assert.equal(MailboxAddress.parse('Склад <a@b.test>').isAscii, true)
    assert.equal(MailboxAddress.parse('склад@b.test').isAscii, false)
  })

  it('equals another whatever the case of the domain and the name', () => {
    const address = MailboxAddress.parse('A <a@Example.org>')

    assert.equal(address.equals(MailboxAddress.parse('a@eXample.ORG')), true)
    assert.equal(address.equals(MailboxAddress.parse('A@example.org')), false)
  })

  it('survives its readable form, whatever it is made of', () => {
    const printable = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(printable, printable, (localPart, displayName) => {
        const made = makeOrRefuse({ localPart, domain: 'b.test', displayName })
        if (made === undefined) return

        const read = MailboxAddress.parse(made.toString())

        assert.deepEqual(read, made)
      }),
    )
  })

  it('is refused with AddressInvalid, and nothing else, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a',
      '@',
      '.',
      '<',
      '>',
      '"',
      '\\',
      '(',
      ')',
      '[',
      ']',
      ',',
      ':',
      ' ',
      '\r\n',
      '\0',
      'я',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        try {
          const address = MailboxAddress.parse(parts.join(''))
          assert.deepEqual(MailboxAddress.parse(address.addrSpec).addrSpec, address.addrSpec)
        } catch (error) {
          assert.ok(error instanceof AddressInvalid, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

function makeOrRefuse(parts: Parameters<typeof MailboxAddress.of>[0]): MailboxAddress | undefined {
  try {
    return MailboxAddress.of(parts)
  } catch (error) {
    assert.ok(error instanceof AddressInvalid)
    return undefined
  }
}
