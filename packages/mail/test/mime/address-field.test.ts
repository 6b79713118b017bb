import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'
import { addressFieldWords, parseAddressField } from '../../src/mime/address-field.ts'
import { HeaderInvalid } from '../../src/mime/errors.ts'
import { foldField } from '../../src/mime/fold-field.ts'
import { parseHeaderSection } from '../../src/mime/header-section.ts'
import { octets } from './cut.ts'

function write(...mailboxes: readonly MailboxAddress[]): string {
  return foldField('To', addressFieldWords('To', mailboxes))
}

describe('An address field', () => {
  it('writes names plain, quoted or encoded, as they need', () => {
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

  it('does not write an address that is not ASCII', () => {
    assert.throws(() => write(MailboxAddress.parse('склад@почта.рф')), HeaderInvalid)
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
