import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { domainToASCII } from 'node:url'
import { toAsciiDomain } from '../../src/address/a-label.ts'
import { AddressInvalid } from '../../src/address/errors.ts'
import { MailboxAddress } from '../../src/address/mailbox-address.ts'

describe('A domain in A-labels (RFC 5891, UTS #46)', () => {
  for (const [domain, ascii] of [
    ['почта.рф', 'xn--80a1acny.xn--p1ai'],
    ['ПОЧТА.рф', 'xn--80a1acny.xn--p1ai'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['bu\u0308cher.example', 'xn--bcher-kva.example'],
    ['faß.example', 'xn--fa-hia.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['a_b.é.example', 'a_b.xn--9ca.example'],
    // What is ASCII stays as it is.
    ['Example.ORG', 'Example.ORG'],
    ['xn--80a1acny.xn--p1ai', 'xn--80a1acny.xn--p1ai'],
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['', ''],
  ] as const) {
    it(`is ${ascii} for ${domain}`, () => {
      assert.equal(toAsciiDomain(domain), ascii)
    })
  }

  it('is the same that Node.js makes of it', () => {
    for (const domain of ['пример.испытание', 'ñandú.cl', 'ελληνικά.gr', '中国.中国']) {
      assert.equal(toAsciiDomain(domain), domainToASCII(domain))
    }
  })

  for (const domain of [
    'é@evil.test',
    'é/evil.test',
    'é?x',
    'é#x',
    'é:25',
    'é%2eevil.test',
    'é evil.test',
    'é\r\n.test',
    'é\\evil.test',
    'é..test',
    'é.',
    '.é',
    // Digits of another kind would make it an IPv4 address.
    '１.２.３.４',
    'é.1',
    // A full stop of another kind would make two labels of one.
    'é。evil.test',
    'é\ud800.test',
    'xn--é.test',
    `${'ж'.repeat(60)}.test`,
    `${'ж.'.repeat(60)}test`,
  ]) {
    it(`does not exist for ${JSON.stringify(domain)}`, () => {
      assert.equal(toAsciiDomain(domain), undefined)
    })
  }
})

describe('A domain that would be taken for another one (GHSA-wmmp-3585-3rmp, S18)', () => {
  for (const { name, domain } of [
    { name: 'fullwidth letters', domain: 'ｅvil.test' },
    { name: 'a fullwidth full stop', domain: 'good．evil.test' },
    { name: 'an ideographic full stop', domain: 'good。evil.test' },
    { name: 'a fullwidth @', domain: 'good＠evil.test' },
    { name: 'a soft hyphen', domain: 'go\u00adod.test' },
    { name: 'a zero width space', domain: 'go\u200bod.test' },
    { name: 'a zero width joiner', domain: 'go\u200dod.test' },
    { name: 'a variation selector', domain: 'good\ufe0f.test' },
    { name: 'a parenthesized digit', domain: '⑴.test' },
    { name: 'a digit with a full stop', domain: '⒈com.test' },
    { name: 'a ligature', domain: 'oﬃce.test' },
    { name: 'a mathematical letter', domain: '𝐠ood.test' },
    { name: 'a Kelvin sign', domain: '\u212aelvin.test' },
  ]) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => MailboxAddress.of({ localPart: 'a', domain }), AddressInvalid)
    })
  }
})
