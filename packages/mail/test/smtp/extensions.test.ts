import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SmtpExtensions } from '../../src/smtp/extensions.ts'
import { Reply } from '../../src/smtp/reply.ts'

function offer(...lines: readonly string[]): SmtpExtensions {
  return SmtpExtensions.parse(new Reply(250, lines))
}

describe('Extensions', () => {
  it('are the keywords of the lines after the first, in upper case', () => {
    const extensions = offer(
      'mail.example.org at your service',
      'PIPELINING',
      'size 1000',
      'X-Own a b',
    )

    assert.equal(extensions.serverName, 'mail.example.org')
    assert.deepEqual(extensions.keywords, ['PIPELINING', 'SIZE', 'X-OWN'])
    assert.deepEqual(extensions.parametersOf('X-OWN'), ['a', 'b'])
  })

  it('S16 are known by keywords in any case', () => {
    const extensions = offer('x', 'pipelining', 'StartTls')

    assert.equal(extensions.has('PIPELINING'), true)
    assert.equal(extensions.has('starttls'), true)
  })

  it('S16 are not looked for in the greeting', () => {
    const extensions = offer('SIZE PIPELINING STARTTLS AUTH PLAIN')

    assert.deepEqual(extensions.keywords, [])
  })

  it('S16 are whole words at the beginning of a line', () => {
    const extensions = offer('x', 'XSIZE 5', 'X STARTTLS', ' PIPELINING', 'AUTHX PLAIN', 'SIZE=5')

    for (const keyword of ['SIZE', 'STARTTLS', 'PIPELINING', 'AUTH']) {
      assert.equal(extensions.has(keyword), false)
    }
  })

  it('S16 name mechanisms in the old form too, each once', () => {
    const extensions = offer('x', 'AUTH=LOGIN PLAIN', 'auth plain Login CRAM-MD5', 'AUTH=')

    assert.deepEqual(extensions.authMechanisms, ['LOGIN', 'PLAIN', 'CRAM-MD5'])
  })

  for (const { name, line, limit } of [
    { name: 'a number', line: 'SIZE 10485760', limit: 10_485_760 },
    { name: 'nothing', line: 'SIZE', limit: undefined },
    { name: '0', line: 'SIZE 0', limit: undefined },
    { name: 'a word', line: 'SIZE unlimited', limit: undefined },
    { name: 'a negative number', line: 'SIZE -1', limit: undefined },
    { name: 'more than twenty digits', line: `SIZE ${'9'.repeat(21)}`, limit: undefined },
    { name: 'twenty digits', line: `SIZE ${'9'.repeat(20)}`, limit: 1e20 },
  ]) {
    it(`S16 have ${limit === undefined ? 'no size limit' : 'a size limit'} when SIZE has ${name}`, () => {
      assert.equal(offer('x', line).has('SIZE'), true)
      assert.equal(offer('x', line).sizeLimit, limit)
    })
  }

  it('keep the first of two lines with one keyword', () => {
    assert.equal(offer('x', 'SIZE 5', 'SIZE 9').sizeLimit, 5)
  })

  it('are none after HELO', () => {
    assert.deepEqual(
      SmtpExtensions.none(new Reply(250, ['old.example.org', 'SIZE 5'])).keywords,
      [],
    )
  })

  it('S16 are read in linear time from one line and from many', () => {
    const names = Array.from({ length: 4_000 }, (_, index) => `X${index}`)

    assert.equal(offer('x', `AUTH ${names.join(' ')}`).authMechanisms.length, 4_000)
    assert.equal(offer('x', ...names.map((name) => `AUTH ${name}`)).authMechanisms.length, 4_000)
  })
})
