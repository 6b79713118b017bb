import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf } from '../../src/base/octets.ts'
import { DEFAULT_SMTP_LIMITS } from '../../src/smtp/limits.ts'
import { ReplyReader, type Reply } from '../../src/smtp/reply.ts'
import type { Dialog } from '../../src/wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../../src/wire/errors.ts'

/** Feeds pieces to the engine, then the end of the connection. */
function read(...pieces: readonly Uint8Array[]): Reply {
  return feed(new ReplyReader(DEFAULT_SMTP_LIMITS).receive(1_000), pieces)
}

function feed<Result>(dialog: Dialog<Result>, pieces: Iterable<Uint8Array>): Result {
  const iterator = pieces[Symbol.iterator]()
  let step = dialog.next()
  while (step.done !== true) {
    assert.equal(step.value.kind, 'receive')
    const piece = iterator.next()
    step = dialog.next(piece.done === true ? null : piece.value)
  }
  return step.value
}

function readText(text: string): Reply {
  return read(octetsOf(text))
}

describe('Reply', () => {
  it('has a code and the text of one line', () => {
    const reply = readText('250 2.1.0 sender ok\r\n')

    assert.equal(reply.code, 250)
    assert.deepEqual(reply.lines, ['2.1.0 sender ok'])
    assert.deepEqual(reply.enhancedStatus, { statusClass: 2, subject: 1, detail: 0 })
  })

  it('has the text of all its lines', () => {
    assert.deepEqual(readText('250-a\r\n250-\r\n250 b\r\n').lines, ['a', '', 'b'])
  })

  for (const { name, text } of [
    { name: 'S6 without text', text: '250 \r\n' },
    { name: 'S6 without a space', text: '250\r\n' },
    { name: 'S6 with a bare LF', text: '250\n' },
  ]) {
    it(`may be ${name}`, () => {
      assert.deepEqual([readText(text).code, readText(text).lines], [250, ['']])
    })
  }

  it('S6 takes octets that are not UTF-8 as they may have been meant', () => {
    assert.deepEqual(read(Uint8Array.of(0x35, 0x35, 0x30, 0x20, 0xe9, 0x0d, 0x0a)).lines, ['é'])
  })

  it('S6 does not depend on how the network cuts it, within a character either', () => {
    const octets = octetsOf('550-5.1.1 ящика\r\n550-\r\n550 нет\r\n')
    const whole = read(octets)

    for (let at = 1; at < octets.length; at++) {
      assert.deepEqual(read(octets.slice(0, at), octets.slice(at)), whole)
    }
    assert.deepEqual(read(...Array.from(octets, (octet) => Uint8Array.of(octet))), whole)
  })

  for (const { name, text } of [
    { name: 'S6 differing codes', text: '250-a\r\n251 b\r\n' },
    { name: 'S6 two digits', text: '25\r\n' },
    { name: 'S6 text alone', text: 'hello\r\n' },
    { name: 'four digits', text: '2500 a\r\n' },
    { name: 'another separator', text: '250_a\r\n' },
    { name: 'a tab after the code', text: '250\ta\r\n' },
    { name: 'a code below 200', text: '150 a\r\n' },
    { name: 'a code above 599', text: '650 a\r\n' },
    { name: 'an empty line', text: '\r\n' },
    { name: 'a space before the code', text: ' 250 a\r\n' },
    { name: 'a continuation without a code', text: '250-a\r\nb\r\n250 c\r\n' },
  ]) {
    it(`with ${name} is a violation`, () => {
      assert.throws(() => readText(text), ProtocolViolation)
    })
  }

  it('shows the line that has another code', () => {
    assert.throws(() => readText('250-a\r\n251 b\u001b\r\n'), {
      code: 'PROTOCOL_VIOLATION',
      message: 'reading a reply failed: a line of the 250 reply has another code: "251 b\\u{1b}"',
    })
  })

  for (const [code, severity] of [
    [250, 'completion'],
    [354, 'intermediate'],
    [451, 'transient'],
    [571, 'permanent'],
  ] as const) {
    it(`with the code ${code} is of the severity ${severity}`, () => {
      assert.equal(readText(`${code} x\r\n`).severity, severity)
    })
  }

  it('is shown on one line, escaped and short', () => {
    assert.equal(
      readText('550-5.1.1 no\r\n550 \u001b[2J\r\n').toString(),
      '550 5.1.1 no \\u{1b}[2J',
    )
    assert.equal(readText('250\r\n').toString(), '250')
    assert.ok(readText(`250 ${'x'.repeat(9_000)}\r\n`).toString().length <= 201)
  })

  it('that breaks off is a lost connection', () => {
    for (const text of ['', '2', '250', '250-a\r\n', '250-a\r\n250 b\r']) {
      assert.throws(() => readText(text), ConnectionLost)
    }
  })

  it('S7 of one endless line is refused when the limit is reached, not when memory is', () => {
    const piece = new Uint8Array(65_536).fill(0x32)
    let given = 0
    function* endless(): Generator<Uint8Array> {
      for (; given < 160; given++) yield piece
    }
    const reader = new ReplyReader(DEFAULT_SMTP_LIMITS)

    assert.throws(() => feed(reader.receive(1_000), endless()), {
      code: 'LIMIT_EXCEEDED',
      limit: 16_384,
      option: 'limits.maxLineOctets',
    })
    assert.equal(given, 0)
  })

  it('S7 of a million lines is refused at the limit', () => {
    assert.throws(() => readText('250-\r\n'.repeat(1_000_000)), {
      code: 'LIMIT_EXCEEDED',
      option: 'limits.maxReplyLines',
      value: DEFAULT_SMTP_LIMITS.maxReplyLines + 1,
    })
  })

  it('S7 of long lines is refused when they are too long together', () => {
    assert.throws(() => readText(`250-${'x'.repeat(16_000)}\r\n`.repeat(20)), {
      code: 'LIMIT_EXCEEDED',
      option: 'limits.maxReplyOctets',
    })
  })

  it('S7 is read in linear time when it comes octet by octet', () => {
    const octets = octetsOf('250-0123456789\r\n'.repeat(500) + '250 end\r\n')

    assert.equal(read(...Array.from(octets, (octet) => Uint8Array.of(octet))).lines.length, 501)
  })

  it('is a Reply, a violation, a limit or a lost connection, whatever the octets', () => {
    const line = fc.string({
      unit: fc.constantFrom('2', '5', '0', '-', ' ', '\r', '\n', 'x', '\0', 'ж'),
    })
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          const reply = read(
            ...lines.map((text) => octetsOf(`250${text}`)).filter(({ length }) => length > 0),
          )

          assert.ok(reply.code >= 200 && reply.code < 600 && reply.lines.length > 0)
        } catch (error) {
          assert.ok(error instanceof ProtocolViolation || error instanceof ConnectionLost)
        }
      }),
    )
  })
})
