import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LimitExceeded } from '../../src/base/limit-exceeded.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { LineBuffer, receiveLine, send } from '../../src/wire/line-buffer.ts'
import { cut, pieceSizes } from './cut.ts'

function newBuffer(maxLineOctets = 1_000): LineBuffer {
  return new LineBuffer({ maxLineOctets, option: 'maxReplyLineOctets' })
}

function takeAll(buffer: LineBuffer): string[] {
  const lines: string[] = []
  for (let line = buffer.takeLine(); line !== undefined; line = buffer.takeLine()) {
    lines.push(textOf(line))
  }
  return lines
}

describe('A line buffer', () => {
  it('gives nothing until a line is complete', () => {
    const buffer = newBuffer()

    buffer.push(octetsOf('250 o'))
    assert.equal(buffer.takeLine(), undefined)

    buffer.push(octetsOf('k\r\n'))
    assert.deepEqual(takeAll(buffer), ['250 ok'])
  })

  it('gives the lines of one piece one by one', () => {
    const buffer = newBuffer()

    buffer.push(octetsOf('250-a\r\n\r\n250 b\r\n'))

    assert.deepEqual(takeAll(buffer), ['250-a', '', '250 b'])
  })

  it('takes a bare LF for a line end', () => {
    const buffer = newBuffer()

    buffer.push(octetsOf('250-a\n250 b\n'))

    assert.deepEqual(takeAll(buffer), ['250-a', '250 b'])
  })

  it('takes a bare CR for an octet of its line', () => {
    const buffer = newBuffer()

    buffer.push(octetsOf('a\rb\r\r\n'))

    assert.deepEqual(takeAll(buffer), ['a\rb\r'])
  })

  it('gives the same lines however the network cuts them', () => {
    const lines = fc.array(fc.stringMatching(/^[ -~\r]{0,40}[!-~]$/))

    fc.assert(
      fc.property(lines, pieceSizes, (written, sizes) => {
        const buffer = newBuffer()
        const taken: string[] = []
        for (const piece of cut(octetsOf(written.map((line) => `${line}\r\n`).join('')), sizes)) {
          buffer.push(piece)
          taken.push(...takeAll(buffer))
        }

        assert.deepEqual(taken, written)
        assert.equal(buffer.isEmpty, true)
      }),
    )
  })

  it('keeps lines that are taken only after many pieces', () => {
    const octets = octetsOf('S: a line\r\n'.repeat(500))
    const buffer = newBuffer()

    for (const piece of cut(octets, [3])) buffer.push(piece)

    assert.equal(takeAll(buffer).length, 500)
  })

  it('does not change a line that was given out', () => {
    const buffer = newBuffer()
    for (const piece of cut(octetsOf('first\r\nsec'), [2])) buffer.push(piece)

    const line = buffer.takeLine()
    for (const piece of cut(octetsOf('ond\r\n'.repeat(400)), [2])) buffer.push(piece)

    assert.equal(textOf(line ?? new Uint8Array()), 'first')
  })

  it('accepts a line that is just as long as the limit, its line end included', () => {
    const buffer = newBuffer(6)

    for (const piece of cut(octetsOf('1234\r\n'), [1])) {
      assert.equal(buffer.takeLine(), undefined)
      buffer.push(piece)
    }

    assert.deepEqual(takeAll(buffer), ['1234'])
  })

  it('refuses a longer line and names the setting', () => {
    const buffer = newBuffer(6)
    buffer.push(octetsOf('12345\r\n'))

    assert.throws(
      () => buffer.takeLine(),
      (error) =>
        error instanceof LimitExceeded &&
        error.limit === 6 &&
        error.value === 7 &&
        error.option === 'maxReplyLineOctets',
    )
  })

  it('refuses a line that is too long before its end has come', () => {
    const buffer = newBuffer(6)
    buffer.push(octetsOf('123456'))

    assert.throws(() => buffer.takeLine(), LimitExceeded)
  })

  it('gives the octets after a line as they are', () => {
    const buffer = newBuffer()
    buffer.push(octetsOf('+OK\r\ncontent\r\nmore'))

    assert.equal(textOf(buffer.takeLine() ?? new Uint8Array()), '+OK')
    assert.equal(textOf(buffer.takeOctets() ?? new Uint8Array()), 'content\r\nmore')
    assert.equal(buffer.isEmpty, true)
    assert.equal(buffer.takeOctets(), undefined)
  })
})

describe('Receiving a line', () => {
  it('asks for octets until there is one', () => {
    const dialog = receiveLine(newBuffer(), 5)

    assert.deepEqual(dialog.next().value, { kind: 'receive', timeoutMs: 5 })
    assert.deepEqual(dialog.next(octetsOf('+O')).value, { kind: 'receive', timeoutMs: 5 })
    assert.deepEqual(dialog.next(octetsOf('K\r\n')), { done: true, value: octetsOf('+OK') })
  })

  it('asks for nothing when there is one already', () => {
    const buffer = newBuffer()
    buffer.push(octetsOf('+OK\r\n'))

    assert.equal(receiveLine(buffer, 5).next().done, true)
  })

  it('fails when the peer closes in the middle of one', () => {
    const dialog = receiveLine(newBuffer(), 5)
    dialog.next()
    dialog.next(octetsOf('+O'))

    assert.throws(() => dialog.next(null), ConnectionLost)
  })
})

describe('Sending', () => {
  it('demands just that', () => {
    const octets = octetsOf('QUIT\r\n')

    assert.deepEqual(send(octets, 5).next().value, { kind: 'send', octets, timeoutMs: 5 })
  })

  it('says what the log shows instead of a secret', () => {
    const octets = octetsOf('PASS tanstaaf\r\n')

    assert.deepEqual(send(octets, 5, { logAs: 'PASS ********' }).next().value, {
      kind: 'send',
      octets,
      timeoutMs: 5,
      logAs: 'PASS ********',
    })
  })
})
