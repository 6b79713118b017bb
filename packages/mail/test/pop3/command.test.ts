import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { textOf } from '../../src/base/octets.ts'
import { formatCommand, formatSaslResponse, formatSecretCommand } from '../../src/pop3/command.ts'

describe('POP3 command', () => {
  it('is a keyword and its arguments with one space between them, and CRLF', () => {
    assert.equal(textOf(formatCommand('TOP', 3, 0).octets), 'TOP 3 0\r\n')
    assert.equal(textOf(formatCommand('QUIT').octets), 'QUIT\r\n')
  })

  it('carries a name that is not ASCII as UTF-8', () => {
    assert.deepEqual(
      formatCommand('USER', 'лавка').octets,
      new TextEncoder().encode('USER лавка\r\n'),
    )
  })

  it('is shown without its secret', () => {
    assert.equal(formatSecretCommand('PASS', 'tanstaaf').shown, 'PASS ********')
    assert.equal(formatSaslResponse('dGFuc3RhYWY=').shown, '********')
  })

  for (const character of ['\r', '\n', '\0', '\t', '\u007f', '\r\nDELE 1']) {
    it(`can't be made to carry ${JSON.stringify(character)}, and the error does not repeat the argument`, () => {
      const forge = (): unknown => formatSecretCommand('PASS', `secret${character}word`)

      assert.throws(
        forge,
        (error) => error instanceof RangeError && !/secret|word/.test(inspect(error)),
      )
      assert.throws(() => formatCommand('USER', `name${character}`), RangeError)
    })
  }
})
