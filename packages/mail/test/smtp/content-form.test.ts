import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { formOf } from '../../src/smtp/content-form.ts'
import type { Content } from '../../src/smtp/content.ts'
import { SmtpContentInvalid } from '../../src/smtp/errors.ts'
import { costOf } from '../cost-of.ts'
import { pieces } from './conversation.ts'

type Facts = Omit<Content, 'source'>

function formed(
  text: string | Uint8Array,
  command: 'DATA' | 'BDAT',
  { size = Infinity, ...facts }: Facts & { readonly size?: number } = {},
): string {
  const octets = typeof text === 'string' ? octetsOf(text) : text
  const form = formOf({ source: pieces(''), ...facts }, command)
  const parts: Uint8Array[] = []
  for (let from = 0; from < octets.length; from += size) {
    parts.push(form.push(octets.subarray(from, Math.min(octets.length, from + size))))
  }
  return textOf(concatOctets([...parts, form.end()]))
}

/** Ten of these are the list of smtpsmug: ends of content as one or the other server has taken them. */
const SMUGGLED = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r.\r\n',
  '\r.\n',
  '\n.\r',
  '\r\n.\n',
  '\r\n.\r',
  '\r.\r\n',
  '\r\r\n.\r\r\n',
]

describe('The form of content', () => {
  for (const end of SMUGGLED) {
    it(`S2 has one end, however it is written: ${JSON.stringify(end)}`, () => {
      const text = `a${end}MAIL FROM:<b@x.org>`
      const lines = 'a\r\n..\r\nMAIL FROM:<b@x.org>\r\n'
      const data = formed(text, 'DATA')

      assert.equal(data.replaceAll('\r\n\r\n', '\r\n'), `${lines}.\r\n`)
      assert.equal(data.indexOf('\r\n.\r\n'), data.length - 5)
      assert.doesNotMatch(formed(text, 'BDAT'), /\r(?!\n)|(?<!\r)\n/)
    })
  }

  for (const text of ['\r\n\0.\r\n', '\r\n.\0\r\n']) {
    it(`S2 S4 with NUL is refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => formed(text, 'DATA'), {
        code: 'SMTP_CONTENT_INVALID',
        defect: 'nul',
        line: 2,
      })
      assert.throws(() => formed(text, 'BDAT'), SmtpContentInvalid)
    })
  }

  it('S1 S3 does not depend on how the content is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('.', '\r', '\n', '\r\n', 'x'), maxLength: 40 })
    fc.assert(
      fc.property(text, fc.constantFrom('DATA', 'BDAT'), (content, command) => {
        const whole = formed(content, command)

        for (const size of [1, 2, 3]) assert.equal(formed(content, command, { size }), whole)
      }),
    )
  })

  it('S1 of a letter that is vouched for is what looking at it would give', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'x', '..', 'é'), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const content = lines.map((each) => `${each}\r\n`).join('')
        const facts = { body: '8BITMIME', size } as const

        assert.equal(
          formed(content, 'DATA', { ...facts, isCanonical: true }),
          formed(content, 'DATA', facts),
        )
        assert.equal(formed(content, 'BDAT', { ...facts, isCanonical: true }), content)
      }),
    )
    assert.equal(formed('x', 'DATA', { isCanonical: true }), 'x\r\n.\r\n')
    assert.equal(formed('x\r', 'DATA', { isCanonical: true }), 'x\r\n.\r\n')
  })

  it('S4 may have lines of 998 octets and none that are longer', () => {
    for (const command of ['DATA', 'BDAT'] as const) {
      for (const end of ['\r\n', '\n', '']) {
        for (const size of [1, 500, Infinity]) {
          for (const first of ['x', '.']) {
            const line = first.padEnd(998, 'x')
            assert.doesNotThrow(() => formed(`a\r\n${line}${end}`, command, { size }))
            assert.throws(() => formed(`a\r\n${line}x${end}`, command, { size }), {
              defect: 'long-line',
              line: 2,
            })
          }
        }
      }
    }
  })

  it('S20 has octets above 127 only where that was said', () => {
    const position = fc.nat({ max: 200 })
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 64 }), (at, size) => {
        const octets = new Uint8Array(201).fill(0x78)
        octets[at] = 0xe9

        for (const command of ['DATA', 'BDAT'] as const) {
          assert.throws(() => formed(octets, command, { size }), { defect: 'eight-bit', line: 1 })
          assert.doesNotThrow(() => formed(octets, command, { size, body: '8BITMIME' }))
        }
      }),
    )
  })

  it('P11 is looked at in linear time, whatever it holds', () => {
    for (const unit of ['\n', '\r', '.', '\r\n.', 'x\r\n']) {
      const costOfBlocks = (count: number): number => {
        const block = octetsOf(unit.repeat(Math.trunc(16_384 / unit.length)))
        return costOf(() => {
          const form = formOf({ source: pieces('') }, 'DATA')
          // One line of dots would be too long; what is looked at here is the way up to the refusal.
          const push = (): unknown => form.push(block)
          for (let each = 0; each < count; each++) {
            if (unit === '.') assert.throws(push, SmtpContentInvalid)
            else push()
          }
        })
      }

      assert.ok(costOfBlocks(64) < 12 * Math.max(costOfBlocks(16), 1_000))
    }
  })
})
