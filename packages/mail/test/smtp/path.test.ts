import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { formatRcpt } from '../../src/smtp/command.ts'
import { ForwardPath, parseClientName, ReversePath } from '../../src/smtp/path.ts'

describe('Path', () => {
  for (const { name, text, path } of [
    { name: 'a plain mailbox', text: 'shop-1@example.org', path: '<shop-1@example.org>' },
    { name: 'angle brackets', text: '<shop-1@example.org>', path: '<shop-1@example.org>' },
    { name: 'a name without a dot', text: 'a@localhost', path: '<a@localhost>' },
    { name: 'needless quotes', text: '"shop"@example.org', path: '<shop@example.org>' },
    { name: 'needed quotes', text: '"a b"@example.org', path: '<"a b"@example.org>' },
    { name: 'quoted pairs', text: String.raw`"a\"\\\b"@x.org`, path: String.raw`<"a\"\\b"@x.org>` },
    {
      name: 'S18 ">" and "@" in quotes',
      text: '"foo> ORCPT=x@y"@c.d',
      path: '<"foo> ORCPT=x@y"@c.d>',
    },
    { name: 'an empty quoted local part', text: '""@example.org', path: '<""@example.org>' },
    { name: 'an IPv4 literal', text: 'a@[192.0.2.1]', path: '<a@[192.0.2.1]>' },
    { name: 'an IPv6 literal', text: 'a@[IPv6:2001:db8::1]', path: '<a@[IPv6:2001:db8::1]>' },
    {
      name: 'IPv6 with IPv4',
      text: 'a@[IPv6:::ffff:192.0.2.1]',
      path: '<a@[IPv6:::ffff:192.0.2.1]>',
    },
    { name: 'IPv6 in full', text: 'a@[IPv6:1:2:3:4:5:6:7:8]', path: '<a@[IPv6:1:2:3:4:5:6:7:8]>' },
    {
      name: 'a local part of another script',
      text: 'ящик@example.org',
      path: '<ящик@example.org>',
    },
  ]) {
    it(`is read from ${name}`, () => {
      const forward = ForwardPath.parse(text)

      assert.equal(forward.toString(), path)
      assert.equal(ReversePath.parse(text).toString(), path)
      assert.equal(ForwardPath.parse(path).toString(), path)
    })
  }

  for (const { name, text } of [
    { name: 'S17 CR and LF', text: 'a@b.c>\r\nRCPT TO:<x@y.z' },
    { name: 'S17 CR and LF in quotes', text: '"a\r\nRCPT TO:<x@y.z>"@b.c' },
    { name: 'S17 a quoted CR', text: '"a\\\rb"@b.c' },
    { name: 'S17 NUL', text: 'a\0@b.c' },
    { name: 'S17 NUL in quotes', text: '"a\0"@b.c' },
    { name: 'S17 a control of C1', text: '"a\u0085"@b.c' },
    { name: 'S17 ">" outside quotes', text: 'a>b@c.d' },
    { name: 'S17 ">" in the domain', text: 'a@b.c> SIZE=1' },
    { name: 'S17 ">" in the domain literal', text: 'a@[b>c]' },
    { name: 'S17 a space', text: 'a b@c.d' },
    { name: 'S18 a comment', text: 'user@good.com(x)evil.com' },
    { name: 'S18 two domains', text: 'a@b.c@d.e' },
    { name: 'S18 a fullwidth @', text: 'a\uff20b.c' },
    { name: 'a quoted string that does not end', text: '"a@b.c' },
    { name: 'text after the quotes', text: '"a"b@c.d' },
    { name: 'a display name', text: 'Shop <a@b.c>' },
    { name: 'a source route', text: '<@relay.org:a@b.c>' },
    { name: 'no local part', text: '@b.c' },
    { name: 'no domain', text: 'a@' },
    { name: 'no @', text: 'postmaster' },
    { name: 'a dot too many', text: 'a..b@c.d' },
    { name: 'a label too many', text: 'a@b..c' },
    { name: 'half a pair of brackets', text: '<a@b.c' },
    { name: 'an IPv4 number above 255', text: 'a@[192.0.2.256]' },
    { name: 'an IPv6 literal without its tag', text: 'a@[2001:db8::1]' },
    { name: 'nine groups', text: 'a@[IPv6:1:2:3:4:5:6:7:8:9]' },
    { name: 'two gaps', text: 'a@[IPv6:1::2::3]' },
    { name: 'IPv4 before the end', text: 'a@[IPv6:192.0.2.1::]' },
    { name: 'seven groups', text: 'a@[IPv6:1:2:3:4:5:6:7]' },
    { name: 'another literal', text: 'a@[x25:1234]' },
    { name: 'an empty text', text: '' },
    {
      name: 'more than 256 octets',
      text: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}`,
    },
  ]) {
    it(`refuses ${name}`, () => {
      assert.throws(() => ForwardPath.parse(text), AddressInvalid)
      assert.throws(() => ReversePath.parse(text), AddressInvalid)
    })
  }

  it('is null only as "<>", and only where reports go', () => {
    assert.equal(ReversePath.parse('<>'), ReversePath.NULL)
    assert.equal(ReversePath.NULL.isNull, true)
    assert.equal(ReversePath.NULL.toString(), '<>')
    assert.equal(ReversePath.NULL.needsSmtpUtf8, false)
    assert.equal(ReversePath.parse('a@b.c').isNull, false)
    assert.throws(() => ForwardPath.parse('<>'), AddressInvalid)
  })

  it('S19 needs SMTPUTF8 when the local part or the domain is not ASCII', () => {
    assert.equal(ForwardPath.parse('shop@example.org').needsSmtpUtf8, false)
    assert.equal(ForwardPath.parse('ящик@example.org').needsSmtpUtf8, true)
    assert.equal(ForwardPath.parse('shop@пример.рф').needsSmtpUtf8, false)
    assert.equal(ReversePath.parse('shop@пример.рф').needsSmtpUtf8, false)
    assert.equal(ForwardPath.parse('ящик@пример.рф').needsSmtpUtf8, true)
  })

  it('S18 has the domain and the local part that the header field has', () => {
    const mailbox = MailboxAddress.parse('"A, B" <"a b"@Example.org>')

    assert.equal(ForwardPath.of(mailbox).addrSpec, mailbox.addrSpec)
    assert.equal(ForwardPath.of(mailbox).domain, 'Example.org')
    assert.equal(ReversePath.of(mailbox).addrSpec, '"a b"@Example.org')
  })

  it('of a mailbox is refused when the domain literal is no IP address', () => {
    assert.throws(
      () => ForwardPath.of(MailboxAddress.of({ localPart: 'a', domain: '[b>c]' })),
      AddressInvalid,
    )
  })

  it('says where a text stops being one', () => {
    assert.throws(() => ForwardPath.parse('"a"b@c.d'), {
      code: 'ADDRESS_INVALID',
      position: 3,
      input: '"a"b@c.d',
    })
  })

  it('S17 keeps every text inside its command, whatever the text', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom(
          '"',
          '\\',
          '<',
          '>',
          '@',
          ' ',
          '\r',
          '\n',
          '\0',
          'a',
          '.',
          '[',
          ']',
          'ж',
        ),
      }),
      fc
        .tuple(fc.string(), fc.constantFrom('\r\nRCPT TO:<x@y.z>', '> SIZE=1', '\n.\n'))
        .map(([a, b]) => `"${a}${b}"@c.d`),
    )
    fc.assert(
      fc.property(nasty, (text) => {
        let path: ForwardPath
        try {
          path = ForwardPath.parse(text)
        } catch (error) {
          assert.ok(error instanceof AddressInvalid)
          return
        }
        const { octets } = formatRcpt(path)
        const line = new TextDecoder().decode(octets)
        assert.match(line, /^RCPT TO:<(?:[^\s"<>]+|"(?:[^"\\\p{Cc}]|\\.)*")@[^\s"<>]+>\r\n$/u)
        assert.equal(ForwardPath.parse(path.addrSpec).addrSpec, path.addrSpec)
      }),
      { numRuns: 500 },
    )
  })
})

describe('Client name', () => {
  for (const name of ['shop-1.example.org', 'localhost', '[127.0.0.1]', '[IPv6:::1]']) {
    it(`may be ${name}`, () => {
      assert.equal(parseClientName(name), name)
    })
  }

  for (const { name, text } of [
    { name: 'S17 CR and LF', text: 'a\r\nMAIL FROM:<x@y.z>' },
    { name: 'a space', text: 'a b' },
    { name: 'another script', text: 'магазин.рф' },
    { name: 'an empty label', text: 'a..b' },
    { name: 'a bare address', text: '[a]' },
    { name: 'nothing', text: '' },
  ]) {
    it(`can't be one with ${name}`, () => {
      assert.throws(() => parseClientName(text), AddressInvalid)
    })
  }
})
