import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseIpAddress } from '../../src/proxy/ip-address.ts'
import { formatAuthority, parseTunnelTarget } from '../../src/proxy/target.ts'

describe('What a proxy is told to connect to', () => {
  it('is a name or an address, and a port', () => {
    assert.equal(
      formatAuthority(parseTunnelTarget('mail_1.example.org', 25)),
      'mail_1.example.org:25',
    )
    assert.equal(formatAuthority(parseTunnelTarget('192.0.2.7', 465)), '192.0.2.7:465')
    assert.equal(formatAuthority(parseTunnelTarget('::1', 465)), '[::1]:465')
  })

  for (const host of [
    '',
    'mail\r\nX: y',
    'mail.example.org\0',
    'mail example',
    'mail@evil.example',
    'mail:25',
    'mail/path',
    '[::1]',
    'fe80::1%eth0',
    'почта.example',
    'x'.repeat(254),
  ]) {
    it(`S17 is refused as the host ${JSON.stringify(host).slice(0, 30)}`, () => {
      assert.throws(() => parseTunnelTarget(host, 25), RangeError)
    })
  }

  for (const port of [0, -1, 65_536, 25.5, Number.NaN]) {
    it(`is refused with the port ${port}`, () => {
      assert.throws(() => parseTunnelTarget('mail.example.org', port), RangeError)
    })
  }
})

describe('An IP address', () => {
  const addresses = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom('0', '1', '2', '7', 'a', 'f', ':', '.'), maxLength: 20 }),
  )
  it('is one exactly when Node.js takes it for one', () => {
    fc.assert(
      fc.property(addresses, (text) => {
        const octets = parseIpAddress(text)
        assert.equal(octets === undefined ? 0 : octets.length === 4 ? 4 : 6, isIP(text), text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has its octets in network order', () => {
    const octets = (text: string): string => Buffer.from(parseIpAddress(text) ?? []).toString('hex')

    assert.equal(octets('192.0.2.7'), 'c0000207')
    assert.equal(octets('2001:db8::ff00:42:8329'), '20010db8000000000000ff0000428329')
    assert.equal(octets('::ffff:192.0.2.7'), '00000000000000000000ffffc0000207')
    assert.equal(octets('::'), '0'.repeat(32))
  })
})
