import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { concatOctets, octetsOf } from '../../src/base/octets.ts'
import { ProtocolLogger } from '../../src/wire/protocol-log.ts'
import { cut, pieceSizes } from './cut.ts'

function newLog(): { lines: string[]; logger: ProtocolLogger } {
  const lines: string[] = []
  return { lines, logger: new ProtocolLogger((line) => lines.push(line)) }
}

describe('A protocol log', () => {
  it('tells who says what', () => {
    const { lines, logger } = newLog()

    logger.received(octetsOf('220 mail.example.org\r\n'))
    logger.sent(octetsOf('NOOP\r\nQUIT\r\n'))
    logger.received(octetsOf('250 ok\r\n'))

    assert.deepEqual(lines, ['S: 220 mail.example.org', 'C: NOOP', 'C: QUIT', 'S: 250 ok'])
  })

  it('has the same lines however the network cuts them', () => {
    const text = '250-mail.example.org\r\n250-SIZE\r\n250 ящик\r\n'

    fc.assert(
      fc.property(pieceSizes, (sizes) => {
        const { lines, logger } = newLog()
        for (const piece of cut(octetsOf(text), sizes)) logger.received(piece)

        assert.deepEqual(lines, ['S: 250-mail.example.org', 'S: 250-SIZE', 'S: 250 ящик'])
      }),
    )
  })

  it('shows half a line when the other side interrupts it, and at the end', () => {
    const { lines, logger } = newLog()

    logger.received(octetsOf('25'))
    logger.sent(octetsOf('QU'))
    logger.end()

    assert.deepEqual(lines, ['S: 25', 'C: QU'])
  })

  it('shows half a line as it was, whatever becomes of the array that it was sent in', () => {
    const { lines, logger } = newLog()
    const room = octetsOf('Subject: one\r\nDate')

    logger.sent(room)
    room.fill(0x21)
    logger.sent(octetsOf(': today\r\n'))

    assert.deepEqual(lines, ['C: Subject: one', 'C: Date: today'])
  })

  it('shows what is given instead of a secret', () => {
    const { lines, logger } = newLog()

    logger.sent(octetsOf('PASS tanstaaf\r\n'), { logAs: 'PASS ********' })

    assert.deepEqual(lines, ['C: PASS ********'])
  })

  it('does not show a secret that the server repeats', () => {
    const { lines, logger } = newLog()

    logger.sent(octetsOf('AUTH PLAIN AHRpbQB0YW5zdGFhZg==\r\n'), { logAs: 'AUTH PLAIN ********' })
    logger.received(octetsOf('500 AUTH PLAIN AHRpbQB0YW5zdGFhZg== not understood\r\n'))

    assert.deepEqual(lines.at(-1), 'S: 500 AUTH PLAIN ******** not understood')
  })

  it('A15 does not show the beginning of a secret that the server repeats cut off', () => {
    const { lines, logger } = newLog()

    logger.sent(octetsOf('AUTH PLAIN AHRpbQB0YW5zdGFhZg==\r\n'), {
      logAs: 'AUTH PLAIN ********',
      secrets: ['tanstaafl2026'],
    })
    logger.received(octetsOf('500 "AUTH PLAIN AHRpbQB0YW5zd..." not understood\r\n'))
    logger.received(octetsOf('535 tanstaafl20\r\n'))

    assert.deepEqual(lines.slice(1), [
      'S: 500 "AUTH PLAIN ********..." not understood',
      'S: 535 ********',
    ])
  })

  it('escapes what could write over the screen and cuts long lines', () => {
    const { lines, logger } = newLog()

    logger.received(octetsOf(`\x1b[2J${'x'.repeat(100_000)}\r\n`))

    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^S: \\u\{1b\}\[2Jx+…$/)
    assert.ok((lines[0] ?? '').length < 220)
  })

  it('shows the beginning of content, and how much more there was', () => {
    const { lines, logger } = newLog()

    for (let line = 0; line < 1_000; line++) logger.sent(octetsOf('a line of content\r\n'))
    logger.received(octetsOf('250 ok\r\n'))

    assert.equal(lines.length, 42)
    assert.deepEqual(lines.slice(-3), [
      'C: a line of content',
      `C: … ${960 * 19} octets not shown`,
      'S: 250 ok',
    ])
  })

  it('A15 hides the challenges that answer a secret: with both proofs at hand passwords can be tried', () => {
    const lines: string[] = []
    const logger = new ProtocolLogger((line) => lines.push(line))

    logger.sent(octetsOf('AUTH CRAM-MD5\r\n'))
    logger.received(octetsOf('334 PDE+\r\n'))
    logger.sent(octetsOf('AUTH SCRAM-SHA-256 biws\r\n'), { logAs: 'AUTH SCRAM-SHA-256 ********' })
    logger.received(octetsOf('334 cj14\r\n'))
    logger.sent(octetsOf('Yz1i\r\n'), { logAs: '********' })
    logger.received(octetsOf('+ dj1y\r\n'))
    logger.sent(octetsOf('\r\n'), { logAs: '********' })
    logger.received(octetsOf('235 ok\r\n'))

    assert.deepEqual(lines, [
      'C: AUTH CRAM-MD5',
      'S: 334 PDE+',
      'C: AUTH SCRAM-SHA-256 ********',
      'S: 334 ********',
      'C: ********',
      'S: + ********',
      'C: ********',
      'S: 235 ok',
    ])
  })

  it('conceals what a server has decoded before it repeats it', () => {
    const lines: string[] = []
    const logger = new ProtocolLogger((line) => lines.push(line))

    logger.sent(octetsOf('AUTH PLAIN AHRpbQB0YW5zdGFhZg==\r\n'), {
      logAs: 'AUTH PLAIN ********',
      secrets: ['tanstaaf'],
    })
    logger.received(octetsOf('535 tim may not use "tanstaaf"\r\n'))

    assert.deepEqual(lines, ['C: AUTH PLAIN ********', 'S: 535 tim may not use "********"'])
  })

  // Access tokens of OAuth have one to three thousand characters.
  for (const length of [40, 1000, 1020, 3000]) {
    it(`A15 shows no part of a secret of ${length} characters in a line that is cut`, () => {
      const secret = Array.from({ length }, (_, at) => (at * 7919).toString(36).at(-2)).join('')
      const isShown = (line: string): boolean =>
        Array.from(secret.slice(8), (_, at) => secret.slice(at, at + 8)).some((part) =>
          line.includes(part),
        )
      for (const before of [0, 1, 900, 990, 1019]) {
        const { lines, logger } = newLog()
        logger.sent(octetsOf('AUTH XOAUTH2 x\r\n'), { logAs: 'AUTH ********', secrets: [secret] })
        const repeated = `${' '.repeat(before)}${secret}`.repeat(40)
        logger.received(octetsOf(`500 ${repeated}\r\n`))
        logger.received(octetsOf('500 ok\r\n'))

        assert.equal(lines.some(isShown), false)
        assert.match(lines[1] ?? '', /^S: 500 .*…$/)
        assert.equal(lines[2], 'S: 500 ok')
      }
    })
  }

  for (const [by, echo] of [
    ['as ISO 8859-1', octetsOf(Buffer.from('пароль').toString('latin1'))],
    ['beside an octet that is no UTF-8', concatOctets([octetsOf('пароль'), Uint8Array.of(0xff)])],
  ] as const) {
    it(`A15 does not show a secret that the server repeats ${by}`, () => {
      const { lines, logger } = newLog()
      logger.sent(octetsOf('PASS пароль\r\n'), { logAs: 'PASS ********' })
      logger.received(concatOctets([octetsOf('-ERR '), echo, octetsOf('\r\n')]))

      assert.match(lines[1] ?? '', /^S: -ERR \*{8}ÿ?$/)
    })
  }
})
