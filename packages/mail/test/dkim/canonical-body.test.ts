import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BodyCanonicalizer, type Canonicalization } from '../../src/dkim/canonical-body.ts'
import { costOf } from '../cost-of.ts'
import { cutAt, latin, octets } from '../mime/cut.ts'

function canonical(kind: Canonicalization, pieces: readonly Uint8Array[]): string {
  let body = ''
  const canonicalizer = new BodyCanonicalizer(kind, {
    update(piece) {
      body += latin(piece)
    },
  })
  for (const piece of pieces) canonicalizer.push(piece)
  canonicalizer.end()
  return body
}

/** What RFC 6376 §3.4.3 says, in the plainest words, for a whole body. */
function simple(body: string): string {
  return `${body.replace(/(?:\r\n)+$/, '')}\r\n`
}

/** What RFC 6376 §3.4.4 says, step by step. */
function relaxed(body: string): string {
  const reduced = body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)+$/, '')
  return reduced === '' ? '' : `${reduced}\r\n`
}

/** Bodies of nothing but what the rules are about. */
const bodies = fc
  .array(fc.constantFrom('a', 'bc', ' ', '  ', '\t', '\r\n', '\r\n\r\n', '\r', '\n', '\x01', 'é'))
  .map((parts) => parts.join(''))

describe('The simple canonical body', () => {
  it('is the example of RFC 6376 §3.4.5', () => {
    assert.equal(canonical('simple', [octets(' C \r\nD \t E\r\n\r\n\r\n')]), ' C \r\nD \t E\r\n')
  })

  it('is one line end for a body without any octet', () => {
    assert.equal(canonical('simple', []), '\r\n')
    assert.equal(canonical('simple', [octets('\r\n\r\n')]), '\r\n')
  })
})

describe('The relaxed canonical body', () => {
  it('is the example of RFC 6376 §3.4.5', () => {
    assert.equal(canonical('relaxed', [octets(' C \r\nD \t E\r\n\r\n\r\n')]), ' C\r\nD E\r\n')
  })

  it('is nothing for a body without any octet, or of blanks alone', () => {
    for (const body of ['', '\r\n', ' \t\r\n\r\n \r\n', ' ']) {
      assert.equal(canonical('relaxed', [octets(body)]), '')
    }
  })

  it('has a line end where the last line has none', () => {
    assert.equal(canonical('relaxed', [octets('a\r\nb')]), 'a\r\nb\r\n')
  })

  it('keeps CR and LF that stand alone, and the blank before them', () => {
    const body = 'a \rb\nc \nd\r\r\ne\r'

    assert.equal(canonical('relaxed', [octets(body)]), `${body}\r\n`)
  })

  it('keeps empty lines that something follows, however many they are', () => {
    const body = `a${'\r\n'.repeat(10_000)}b\r\n`

    assert.equal(canonical('relaxed', [octets(body)]), body)
  })
})

describe('A canonical body', () => {
  it('is the same wherever the pieces are cut', () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(40), { maxLength: 12 }), (body, places) => {
        const pieces = cutAt(octets(body), places)
        assert.equal(canonical('simple', pieces), simple(latin(octets(body))))
        assert.equal(canonical('relaxed', pieces), relaxed(latin(octets(body))))
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same for pieces larger than its buffer', () => {
    const body = `${'a b\tc  d \r\n'.repeat(5000)}${'x'.repeat(20_000)}\r\n\r\n`

    assert.equal(canonical('relaxed', cutAt(octets(body), [9000, 30_001])), relaxed(body))
    assert.equal(canonical('simple', cutAt(octets(body), [9000, 30_001])), simple(body))
  })

  it('costs in proportion to the octets, whatever they are', () => {
    const cost = (body: string, times: number): number => {
      const whole = octets(body.repeat(times))
      const canonicalizer = (): BodyCanonicalizer =>
        new BodyCanonicalizer('relaxed', { update: () => undefined })
      return costOf(() => canonicalizer().push(whole))
    }
    for (const body of ['\r\n', ' \t', 'a  ', ' \r\n', '\r', 'a b ']) {
      const small = cost(body, 50_000)
      assert.ok(cost(body, 400_000) < 8 * 8 * (small + 1000), JSON.stringify(body))
    }
  })
})
