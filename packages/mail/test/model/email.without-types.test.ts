import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  Email,
  EmailAddress,
  EmailAddressException,
  EmailTextPart,
  IllegalArgumentException,
  OAuth2EmailAuthentication,
  PasswordEmailAuthentication,
  SmtpConnectionParameters,
} from '../../src/index.ts'
import { textOf } from '../../src/base/octets.ts'

function letter(): Email {
  return new Email('shop@example.org', 'office@example.org', 'Тема')
}

describe('an attachment with a name that was left out', () => {
  it('is of the type that stands behind a name that was left out', () => {
    const email = letter()
    // @ts-expect-error the name is no option
    email.attachData('a;b', undefined, 'text/csv', 'id')

    assert.equal(email.attachments[0]?.contentType, 'text/csv')
    assert.equal(email.attachments[0].id, 'id')
  })
})

describe('a letter of what is no text', () => {
  it('takes null for nothing', async () => {
    const email = letter()
    Object.assign(email, { subject: null, messageId: null, contentType: null })
    // @ts-expect-error null is no subject
    const other = new Email('shop@example.org', 'office@example.org', null)

    assert.deepEqual(
      [email.subject, email.messageId, email.contentType],
      [undefined, undefined, undefined],
    )
    assert.doesNotMatch(textOf(await email.toBytes()), /^Subject/m)
    assert.equal(other.subject, undefined)
  })

  it('says so at once, and is never sent without it', () => {
    const email = letter().setTextAsString('text')
    const attempts = [
      // @ts-expect-error a number is no subject
      () => (email.subject = 5),
      // @ts-expect-error a number is no subject
      () => new Email('shop@example.org', 'office@example.org', 5),
      // @ts-expect-error a number is no identifier
      () => (email.messageId = 5),
      // @ts-expect-error a number is no text
      () => email.setTextAsString(5),
      // @ts-expect-error null is no text
      () => email.setTextAsString(null),
      // @ts-expect-error it has no text
      () => email.setText([new EmailTextPart({ charset: 'UTF-8' })]),
    ]

    for (const attempt of attempts) assert.throws(attempt, IllegalArgumentException)
    assert.equal(email.subject, 'Тема')
    assert.equal(email.getTextAsString(), 'text')
  })
})

describe('a setting that is missing', () => {
  it('is no address', () => {
    const email = letter()
    const attempts = [
      // @ts-expect-error nothing is no address
      () => new EmailAddress(undefined),
      // @ts-expect-error a number is no address
      () => new EmailAddress(5),
      // @ts-expect-error nothing is no address
      () => email.addRecipients(undefined),
      // @ts-expect-error nothing is no address
      () => email.setSender(null),
      // @ts-expect-error nothing is no address
      () => email.setCcRecipients([undefined]),
    ]

    for (const attempt of attempts) assert.throws(attempt, EmailAddressException)
    assert.equal(email.recipients.length, 1)
  })

  it('is no server and no password', () => {
    const attempts = [
      // @ts-expect-error nothing is no server
      () => new SmtpConnectionParameters(undefined),
      // @ts-expect-error nothing is no server
      () => new SmtpConnectionParameters(null),
      // @ts-expect-error nothing is no server
      () => new SmtpConnectionParameters({ port: 465 }),
      // @ts-expect-error a number is no password
      () => new PasswordEmailAuthentication('user', 1234),
      // @ts-expect-error nothing is no password
      () => new PasswordEmailAuthentication({ user: 'user' }),
      // @ts-expect-error nothing is no token
      () => new OAuth2EmailAuthentication({ user: 'user' }),
    ]

    for (const attempt of attempts) assert.throws(attempt, IllegalArgumentException)
  })
})
