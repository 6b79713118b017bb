import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Email,
  EmailTextPart,
  IllegalArgumentException,
  SmtpConnectionParameters,
} from '../../src/index.ts'

const BROKEN = 'a\r\nX-Evil: b\u2028\u202e'

const MISSPELT = { sender: 'a@b.test', [BROKEN]: 1 }

function newEmail(): Email {
  return new Email('shop@example.org', 'office@example.org', 'Stock')
}

/** Every place where the object model takes a text that can be none. */
const REFUSALS: Readonly<Record<string, () => unknown>> = {
  'a header name': () => newEmail().addHeader(BROKEN, 'value'),
  'a message identifier': () => (newEmail().messageId = BROKEN),
  'a date': () => newEmail().setHeader('Date', 'today\u2028'),
  'a content type': () => newEmail().attachData('x', 'a.txt', BROKEN),
  'an identifier': () => newEmail().attachData('x', 'a.txt', '', BROKEN),
  'a text kind': () => new EmailTextPart('x', BROKEN),
  'a charset': () => new EmailTextPart('x', 'text/plain', BROKEN),
  'an argument name': () => new Email(MISSPELT),
  'a file that is not there': () => newEmail().attachFile(`/no-such-folder/${BROKEN}`),
  'a server': () => new SmtpConnectionParameters(`mail.example.org${BROKEN}`),
}

describe('In-Reply-To and References', () => {
  it('take identifiers and nothing that would be left out', () => {
    const email = newEmail().setHeader('References', '<a@b> <c@e>')
    email.addHeader('References', '<x@y>,\t<no-at-sign>')
    assert.equal(email.getFirstHeader('References'), '<a@b> <c@e> <x@y> <no-at-sign>')

    for (const value of ['a@b', '<a@b> and more', '', '<a b@c>', '<ж@b>', '<>']) {
      for (const name of ['In-Reply-To', 'References']) {
        assert.throws(() => newEmail().setHeader(name, value), IllegalArgumentException, value)
        assert.throws(() => newEmail().addHeader(name, value), IllegalArgumentException, value)
      }
    }
  })
})

describe('a text that was refused', () => {
  for (const [what, refuse] of Object.entries(REFUSALS)) {
    it(`stands escaped on the one line of the message: ${what}`, () => {
      assert.throws(refuse, (error) => {
        assert.ok(error instanceof IllegalArgumentException)
        assert.doesNotMatch(error.message, /[\p{C}\p{Zl}\p{Zp}]/u)
        return true
      })
    })
  }

  it('says of a file why it was refused', () => {
    assert.throws(() => newEmail().attachFile('/no-such-folder/a.txt'), { message: /ENOENT/ })
  })
})
