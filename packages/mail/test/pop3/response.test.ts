import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { octetsOf } from '../../src/base/octets.ts'
import { Pop3ResponseRejected } from '../../src/pop3/errors.ts'
import { parseResponse } from '../../src/pop3/response.ts'
import { ProtocolViolation } from '../../src/wire/errors.ts'

describe('POP3 response', () => {
  const readable = [
    { name: 'a bare +OK', line: '+OK', is: ['ok', undefined, ''] },
    { name: 'words after +OK', line: '+OK 2 320', is: ['ok', undefined, '2 320'] },
    { name: 'a bare -ERR', line: '-ERR', is: ['error', undefined, ''] },
    {
      name: 'words after -ERR',
      line: '-ERR no such message',
      is: ['error', undefined, 'no such message'],
    },
    { name: 'P2 a code and words', line: '-ERR [IN-USE] busy', is: ['error', 'IN-USE', 'busy'] },
    { name: 'P2 a code alone', line: '-ERR [AUTH]', is: ['error', 'AUTH', ''] },
    { name: 'P2 a code of two levels', line: '-ERR [SYS/TEMP] x', is: ['error', 'SYS/TEMP', 'x'] },
    { name: 'P2 a code in lower case', line: '-ERR [sys/perm] x', is: ['error', 'SYS/PERM', 'x'] },
    { name: 'two spaces before a code', line: '-ERR  [IN-USE] x', is: ['error', 'IN-USE', 'x'] },
    {
      name: 'a host in brackets in a greeting',
      line: '+OK [10.0.0.1] ready',
      is: ['ok', undefined, '[10.0.0.1] ready'],
    },
    { name: 'an unclosed bracket', line: '-ERR [IN-USE', is: ['error', undefined, '[IN-USE'] },
    { name: 'empty brackets', line: '-ERR [] x', is: ['error', undefined, '[] x'] },
    {
      name: 'P10 a challenge',
      line: '+ VXNlcm5hbWU6',
      is: ['challenge', undefined, 'VXNlcm5hbWU6'],
    },
    { name: 'P10 an empty challenge', line: '+ ', is: ['challenge', undefined, ''] },
    {
      name: 'P10 an empty challenge without its space',
      line: '+',
      is: ['challenge', undefined, ''],
    },
  ]
  for (const { name, line, is } of readable) {
    it(`reads ${name}`, () => {
      const response = parseResponse(octetsOf(line))

      assert.deepEqual([response.status, response.code, response.text], is)
    })
  }

  const unreadable = [
    '',
    'OK',
    '+ok',
    '+OKAY',
    '-ERROR',
    '* OK IMAP4rev1',
    '220 smtp ready',
    ' +OK',
  ]
  for (const line of unreadable) {
    it(`refuses "${line}"`, () => {
      assert.throws(() => parseResponse(octetsOf(line)), ProtocolViolation)
    })
  }

  it('answers any octets with a response or ProtocolViolation', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom('', '+OK ', '-ERR [', '+'),
        (octets, start) => {
          try {
            parseResponse(Uint8Array.of(...octetsOf(start), ...octets))
          } catch (error) {
            assert.ok(error instanceof ProtocolViolation)
          }
        },
      ),
    )
  })
})

describe('Pop3ResponseRejected', () => {
  const rejected = (line: string): Pop3ResponseRejected =>
    new Pop3ResponseRejected('RETR 3', parseResponse(octetsOf(line)))

  const codes = [
    { code: 'IN-USE', transient: true },
    { code: 'LOGIN-DELAY', transient: true },
    { code: 'SYS/TEMP', transient: true },
    { code: 'SYS/TEMP/DISK', transient: true },
    { code: 'SYS/PERM', transient: false },
    { code: 'AUTH', transient: false },
    { code: 'SYS/TEMPORAL', transient: false },
    { code: 'X-LOCAL', transient: false },
  ]
  for (const { code, transient } of codes) {
    it(`P2 is ${transient ? 'transient' : 'permanent'} with [${code}]`, () => {
      const error = rejected(`-ERR [${code}] words`)

      assert.deepEqual([error.responseCode, error.transient], [code, transient])
    })
  }

  it('is permanent without a code, since nothing says that the trouble passes', () => {
    assert.deepEqual(
      [rejected('-ERR no').responseCode, rejected('-ERR no').transient],
      [undefined, false],
    )
  })

  it('says what was attempted and ends in the words of the server', () => {
    assert.equal(
      rejected('-ERR [SYS/TEMP] try later').message,
      'RETR 3 was rejected: -ERR [SYS/TEMP] try later',
    )
    assert.equal(rejected('-ERR [SYS/TEMP] try later').hint, 'Try again later')
    assert.equal(rejected('-ERR').message, 'RETR 3 was rejected: -ERR')
  })

  it('escapes the words of the server and cuts them', () => {
    const { message } = rejected(`-ERR \u001b[31m${'x'.repeat(1000)}`)

    assert.match(message, /-ERR \\u\{1b\}\[31mx+…$/)
    assert.ok(message.length < 260)
  })
})
