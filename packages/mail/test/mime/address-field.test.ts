import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { AddressGroup, AddressListEntry } from '../../src/address/address-list.ts'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { formatAddressField, parseAddressField } from '../../src/mime/address-field.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { octets } from './cut.ts'

function write(...mailboxes: readonly MailboxAddress[]): string {
  return formatAddressField('To', mailboxes).field
}

describe('An address field', () => {
  it('writes names plain, quoted or encoded, as they need (C4)', () => {
    const named = (displayName: string): MailboxAddress =>
      MailboxAddress.of({ localPart: 'a', domain: 'b.test', displayName })

    assert.equal(write(named('Mary Smith')), 'To: Mary Smith <a@b.test>\r\n')
    assert.equal(write(named('Smith, Mary \\')), 'To: "Smith, Mary \\\\" <a@b.test>\r\n')
    assert.equal(write(named('x@evil.test')), 'To: "x@evil.test" <a@b.test>\r\n')
    assert.equal(write(named('ЦБ')), 'To: =?utf-8?B?0KbQkQ==?= <a@b.test>\r\n')
    assert.equal(
      write(named('=?utf-8?Q?x?=')),
      'To: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?= <a@b.test>\r\n',
    )
  })

  it('never makes an address of what was encoded', () => {
    const [entry] = parseAddressField('=?utf-8?Q?=22=3Cevil=40x=2Etest=3E=2C?= <ok@y.test>')

    assert.ok(entry?.kind === 'mailbox')
    assert.equal(entry.addrSpec, 'ok@y.test')
    assert.equal(entry.displayName, '"<evil@x.test>,')
  })

  it('decodes names of groups and of their members, also such as came in quotes', () => {
    const [group] = parseAddressField('=?utf-8?Q?=D0=90?=: "=?utf-8?Q?=D0=91?=" <a@b.test>;')

    assert.ok(group?.kind === 'group')
    assert.equal(group.displayName, 'А')
    assert.deepEqual(
      group.members.map((member) => member.displayName),
      ['Б'],
    )
  })

  it('reads a name with an encoded line end as one without', () => {
    const [entry] = parseAddressField('=?utf-8?Q?a=0D=0Ab=09c?= <a@b.test>')

    assert.equal(entry?.displayName, 'a\ufffd\ufffdb c')
  })

  it('writes a domain in A-labels, and an address with a local part that is not ASCII as UTF-8 (S19)', () => {
    const withName = MailboxAddress.parse('Склад <shop@почта.рф>')
    const name = '=?utf-8?B?0KHQutC70LDQtA==?='

    assert.deepEqual(formatAddressField('To', [withName]), {
      field: `To: ${name} <shop@xn--80a1acny.xn--p1ai>\r\n`,
      isUtf8: false,
    })
    assert.deepEqual(formatAddressField('To', [MailboxAddress.parse('Склад <склад@почта.рф>')]), {
      field: `To: ${name} <склад@почта.рф>\r\n`,
      isUtf8: true,
    })
    assert.equal(
      write(MailboxAddress.parse('"a b"@почта.рф')),
      'To: "a b"@xn--80a1acny.xn--p1ai\r\n',
    )
  })

  it('refuses a domain that has no ASCII form', () => {
    const tooLong = MailboxAddress.of({
      localPart: 'a',
      domain: `${'ж'.repeat(31)}${'щ'.repeat(29)}.рф`,
    })

    assert.throws(() => write(tooLong), HeaderInvalid)
  })

  it('writes groups (RFC 5322 §3.4), apart from an encoded name (RFC 2047 §5)', () => {
    const [a, c] = [MailboxAddress.parse('a@b.test'), MailboxAddress.parse('C <c@d.test>')]
    const group = (displayName: string, ...members: MailboxAddress[]): AddressGroup => ({
      kind: 'group',
      displayName,
      members,
    })
    const written = (...entries: AddressListEntry[]): string =>
      formatAddressField('To', entries).field

    assert.equal(written(group('undisclosed-recipients')), 'To: undisclosed-recipients:;\r\n')
    assert.equal(
      written(group('A, B', a, c), a),
      'To: "A, B": a@b.test, C <c@d.test>;, a@b.test\r\n',
    )
    assert.equal(
      written(a, group('ЦБ', c)),
      'To: a@b.test, =?utf-8?B?0KbQkQ==?= : C <c@d.test>;\r\n',
    )
    assert.equal(written(group('ЦБ')), 'To: =?utf-8?B?0KbQkQ==?= :;\r\n')
    assert.equal(written(), '')
    for (const displayName of ['', ' ', 'a\r\nBcc: b@c.test', 'a\0']) {
      assert.throws(() => written(group(displayName, a)), HeaderInvalid)
    }
    assert.deepEqual(
      parseAddressField(
        parseHeaderSection(octets(written(group('ЦБ, склад', a, c)))).raw('to') ?? '',
      ),
      [group('ЦБ, склад', a, c)],
    )
  })

  it('is not read in half', () => {
    assert.throws(() => parseAddressField('a@b.test, c'), AddressInvalid)
  })

  it('reads back what it wrote, in lines of at most 76, whatever the names', () => {
    const names = fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .map((name) => name.replaceAll(/\p{Cc}/gu, '').toWellFormed())
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (displayNames) => {
        const mailboxes = displayNames.map((displayName, index) =>
          MailboxAddress.of({ localPart: `box ${index}`, domain: 'example.org', displayName }),
        )

        const field = write(...mailboxes)

        for (const line of field.split('\r\n')) assert.match(line, /^[ -~]{0,76}$/)
        assert.deepEqual(
          parseAddressField(parseHeaderSection(octets(field)).raw('to') ?? ''),
          mailboxes,
        )
      }),
    )
  })
})
