import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { AssertionFailed } from '../../src/base/assert.ts'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import { DotStuffer, DotUnstuffer } from '../../src/wire/dot-stuffing.ts'
import { cut, pieceSizes } from './cut.ts'

function stuff(content: string, sizes: readonly number[] = [content.length]): string {
  const stuffer = new DotStuffer()
  const pieces = [...cut(octetsOf(content), sizes)].map((piece) => stuffer.push(piece))
  return textOf(concatOctets([...pieces, stuffer.end()]))
}

function unstuff(
  sent: string,
  sizes: readonly number[] = [sent.length],
): { content: string; rest: string; isDone: boolean } {
  const unstuffer = new DotUnstuffer()
  const pieces = cut(octetsOf(sent), sizes)
  const content: Uint8Array[] = []
  while (!unstuffer.isDone) {
    const piece = pieces.next()
    if (piece.done === true) break
    content.push(unstuffer.push(piece.value))
  }
  return {
    content: textOf(concatOctets(content)),
    rest: textOf(concatOctets([unstuffer.rest, ...pieces])),
    isDone: unstuffer.isDone,
  }
}

/** Content of nothing but what matters, and one octet that does not. */
const troublesome = fc
  .array(fc.constantFrom('.', '\r', '\n', '\r\n', 'x', '\0'), { maxLength: 30 })
  .map((words) => words.join(''))

const CONTENT = [
  { name: 'nothing', content: '', sent: '.\r\n' },
  { name: 'a dot', content: '.', sent: '..\r\n.\r\n' },
  { name: 'two dots', content: '..', sent: '...\r\n.\r\n' },
  { name: 'a line of a dot', content: '.\r\n', sent: '..\r\n.\r\n' },
  { name: 'a dot within a line', content: 'a.b\r\n', sent: 'a.b\r\n.\r\n' },
  { name: 'dots on lines that follow', content: '.a\r\n.b\r\n', sent: '..a\r\n..b\r\n.\r\n' },
  { name: 'no line end at the end', content: 'a', sent: 'a\r\n.\r\n' },
  { name: 'a CR at the end', content: 'a\r', sent: 'a\r\n.\r\n' },
  { name: 'an LF at the end', content: 'a\n', sent: 'a\r\n.\r\n' },
  { name: 'empty lines', content: '\r\n\r\n', sent: '\r\n\r\n.\r\n' },
  { name: 'two CR and an LF', content: 'a\r\r\nb', sent: 'a\r\n\r\nb\r\n.\r\n' },
]

/** What smuggles a second letter past servers that take these for the end (CVE-2023-51764). */
const FALSE_ENDS = [
  '\n.\n',
  '\r.\r',
  '\r.\n',
  '\n.\r',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\r\n.\r\r\n',
  '\r\n.\r\n',
]

describe('Content made ready to be sent', () => {
  for (const { name, content, sent } of CONTENT) {
    it(`is stuffed once and ended once: ${name}`, () => {
      assert.equal(stuff(content), sent)
      assert.equal(stuff(content, [1]), sent)
    })
  }

  for (const end of FALSE_ENDS) {
    it(`has one end in spite of ${JSON.stringify(end)}`, () => {
      const sent = stuff(`a${end}MAIL FROM:<x>\r\n`)

      assert.equal(sent.indexOf('\r\n.\r\n'), sent.length - 5)
      assert.doesNotMatch(sent, /[^\r]\n|\r[^\n]/)
    })
  }

  it('never holds a bare CR, a bare LF or an early end', () => {
    fc.assert(
      fc.property(troublesome, (content) => {
        const sent = stuff(content)

        assert.doesNotMatch(sent, /(?<!\r)\n|\r(?!\n)/)
        assert.equal(`\r\n${sent}`.indexOf('\r\n.\r\n'), sent.length - 3)
      }),
    )
  })

  it('does not depend on how it is cut', () => {
    fc.assert(
      fc.property(troublesome, pieceSizes, (content, sizes) => {
        assert.equal(stuff(content, sizes), stuff(content))
      }),
    )
  })

  it('is passed on without being copied when nothing has to be changed', () => {
    const octets = octetsOf('Subject: x\r\n\r\na line\r\nhalf a line')

    assert.equal(new DotStuffer().push(octets), octets)
  })

  it('leaves the octets it was made of as they were', () => {
    const octets = octetsOf('.a\n.b')

    new DotStuffer().push(octets)

    assert.equal(textOf(octets), '.a\n.b')
  })
})

describe('Content received', () => {
  for (const { name, sent, content } of [
    { name: 'nothing', sent: '.\r\n', content: '' },
    { name: 'a line of a dot', sent: '..\r\n.\r\n', content: '.\r\n' },
    { name: 'a line of two dots', sent: '...\r\n.\r\n', content: '..\r\n' },
    { name: 'an empty line', sent: '\r\n.\r\n', content: '\r\n' },
    { name: 'a dot that the peer forgot to stuff', sent: '.a\r\n.\r\n', content: 'a\r\n' },
    { name: 'a CR after a dot', sent: '..\r.\r\n.\r\n', content: '.\r.\r\n' },
    { name: 'a dot and two CR', sent: '.\r\r\n.\r\n', content: '\r\r\n' },
    { name: 'a CR before the line end', sent: 'a\r\r\n.\r\n', content: 'a\r\r\n' },
  ]) {
    it(`is un-stuffed at every cut: ${name}`, () => {
      const expected = { content, rest: '+OK\r\n', isDone: true }

      assert.deepEqual(unstuff(`${sent}+OK\r\n`), expected)
      for (let size = 1; size <= sent.length; size++) {
        assert.deepEqual(unstuff(`${sent}+OK\r\n`, [size, 1]), expected)
      }
    })
  }

  for (const end of FALSE_ENDS.filter((each) => !each.includes('\r\n.\r\n'))) {
    it(`does not end at ${JSON.stringify(end)}`, () => {
      assert.equal(unstuff(`a${end}-ERR\r\n`).isDone, false)
    })
  }

  it('is what was sent', () => {
    const lines = fc.array(fc.stringMatching(/^[.a\0]{0,4}$/), { maxLength: 12 })

    fc.assert(
      fc.property(lines, pieceSizes, (written, sizes) => {
        const content = written.map((line) => `${line}\r\n`).join('')

        assert.deepEqual(unstuff(`${stuff(content)}rest`, sizes), {
          content,
          rest: 'rest',
          isDone: true,
        })
      }),
    )
  })

  it('does not depend on how it is cut', () => {
    fc.assert(
      fc.property(troublesome, pieceSizes, (content, sizes) => {
        assert.deepEqual(unstuff(`${content}\r\n.\r\n`, sizes), unstuff(`${content}\r\n.\r\n`))
      }),
    )
  })

  it('is not copied when there is no dot in it', () => {
    const octets = octetsOf('a line\r\nanother\r\n')

    const content = new DotUnstuffer().push(octets)

    assert.equal(content.buffer, octets.buffer)
    assert.equal(content.length, octets.length)
  })

  it('is not asked for after its end', () => {
    const unstuffer = new DotUnstuffer()
    unstuffer.push(octetsOf('.\r\n'))

    assert.throws(() => unstuffer.push(octetsOf('a')), AssertionFailed)
  })
})
