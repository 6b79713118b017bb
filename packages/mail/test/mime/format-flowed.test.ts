import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseContentType } from '../../src/mime/content-type.ts'
import { readTextLines } from '../../src/mime/format-flowed.ts'
import { costOf } from '../cost-of.ts'

const FLOWED = 'text/plain; charset=utf-8; format=flowed'

/** What a text reads as: a line each, with its quote depth. */
function read(text: string, type = FLOWED): readonly string[] {
  return readTextLines(text, parseContentType(type)).map(
    (line) => `${line.quoteDepth}|${line.text}`,
  )
}

describe('A flowed text', () => {
  const cases = [
    {
      name: 'joins lines that end in a space',
      text: 'a \r\nb \r\nc\r\nd\r\n',
      lines: ['0|a b c', '0|d'],
    },
    {
      name: 'without the space, if delsp says so',
      text: 'あ \r\nい\r\n',
      type: `${FLOWED}; DelSp=Yes`,
      lines: ['0|あい'],
    },
    {
      name: 'takes the protecting space off',
      text: ' From me\r\n > no quote\r\n  two\r\n',
      lines: ['0|From me', '0|> no quote', '0| two'],
    },
    {
      name: 'counts the quote marks, and joins within one depth only',
      text: '>> a \r\n>> b\r\n> c \r\nd\r\n',
      lines: ['2|a b', '1|c ', '0|d'],
    },
    {
      name: 'takes a quoted line with a stuffed space',
      text: '> > a\r\n>\r\n',
      lines: ['1|> a', '1|'],
    },
    {
      name: 'never joins the line before a signature with it, nor it with the next',
      text: 'bye \r\n-- \r\nme\r\n',
      lines: ['0|bye ', '0|-- ', '0|me'],
    },
    {
      name: 'knows a quoted signature',
      text: '> bye \r\n> -- \r\n> me\r\n',
      lines: ['1|bye ', '1|-- ', '1|me'],
    },
    { name: 'keeps empty lines', text: 'a\r\n\r\nb\r\n', lines: ['0|a', '0|', '0|b'] },
    {
      name: 'may end without a line end, or in the middle of a paragraph',
      text: 'a \nb ',
      lines: ['0|a b '],
    },
    { name: 'may be empty', text: '', lines: [] },
  ]
  for (const { name, text, type, lines } of cases) {
    it(`M16 ${name}`, () => {
      assert.deepEqual(read(text, type), lines)
    })
  }

  it('M16 that does not say so is not flowed', () => {
    assert.deepEqual(read('> a \r\n b\r\n', 'text/plain; format=fixed'), ['0|> a ', '0| b'])
    assert.deepEqual(read('a \r\nb', 'text/plain'), ['0|a ', '0|b'])
  })

  it('M16 gives back the paragraphs that were flowed', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', '>', '-', 'я', '.'),
      minLength: 1,
      maxLength: 9,
    })
    const paragraph = fc.tuple(fc.nat(3), fc.array(word, { minLength: 1, maxLength: 12 }))
    fc.assert(
      fc.property(fc.array(paragraph), fc.integer({ min: 1, max: 4 }), (paragraphs, perLine) => {
        const text = paragraphs
          .map(([depth, words]) => {
            const lines: string[] = []
            for (let at = 0; at < words.length; at += perLine) {
              lines.push(words.slice(at, at + perLine).join(' '))
            }
            return lines.map((line) => `${'>'.repeat(depth)} ${line}`).join(' \r\n')
          })
          .join('\r\n')
        const expected = paragraphs.map(([depth, words]) => `${depth}|${words.join(' ')}`)
        const hasSignature = paragraphs.some(([, words]) => words.includes('--'))

        if (!hasSignature) assert.deepEqual(read(text), expected)
      }),
    )
  })

  it('M16 M20 takes time in proportion to its length', () => {
    for (const line of ['a \r\n', '>', ' ', '>> x \r\n> y\r\n']) {
      const few = costOf(() => read(line.repeat(4_000)))
      const many = costOf(() => read(line.repeat(64_000)))

      // Sixteen times the text: in proportion it is 16, squared it is 256.
      assert.ok(many < 100 * few + 2_000, `${JSON.stringify(line)}: ${many} µs against ${few} µs`)
    }
  })
})
