import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { type MailUse, parseMailUrl } from '../../src/config/mail-url.ts'
import { MailUrlInvalid, type MailUrlProblem } from '../../src/errors/value-error.ts'

describe('address of a mail server', () => {
  const READ = [
    {
      name: 'is encrypted from its beginning as smtps, on port 465',
      use: 'send',
      text: 'smtps://user@mail.example.org',
      url: { protocol: 'smtp', host: 'mail.example.org', port: 465, tls: 'implicit', user: 'user' },
    },
    {
      name: 'requires STARTTLS as smtp, on port 587',
      use: 'send',
      text: 'smtp://user@mail.example.org',
      url: { protocol: 'smtp', host: 'mail.example.org', port: 587, tls: 'starttls', user: 'user' },
    },
    {
      name: 'takes an address as user name, percent-encoded',
      use: 'receive',
      text: 'pop3s://exchange%40example.org@mail.example.org/',
      url: {
        protocol: 'pop3',
        host: 'mail.example.org',
        port: 995,
        tls: 'implicit',
        user: 'exchange@example.org',
      },
    },
    {
      name: 'takes an address as user name, as it is',
      use: 'receive',
      text: 'pop3://exchange@example.org@mail.example.org:1110',
      url: {
        protocol: 'pop3',
        host: 'mail.example.org',
        port: 1110,
        tls: 'starttls',
        user: 'exchange@example.org',
      },
    },
    {
      name: 'gives encryption up in so many words only',
      use: 'send',
      text: 'smtp://user@127.0.0.1:25?tls=none',
      url: { protocol: 'smtp', host: '127.0.0.1', port: 25, tls: 'none', user: 'user' },
    },
    {
      name: 'names the one way to log in',
      use: 'receive',
      text: 'pop3://user@127.0.0.1:110?tls=none&auth=plain',
      url: {
        protocol: 'pop3',
        host: '127.0.0.1',
        port: 110,
        tls: 'none',
        user: 'user',
        mechanism: 'PLAIN',
      },
    },
    {
      name: 'needs no user where a server takes letters without login',
      use: 'send',
      text: 'smtp://relay.example.org:25',
      url: { protocol: 'smtp', host: 'relay.example.org', port: 25, tls: 'starttls' },
    },
    {
      name: 'takes host and user in any script',
      use: 'receive',
      text: 'pop3s://обмен@почта.рф',
      url: {
        protocol: 'pop3',
        host: 'xn--80a1acny.xn--p1ai',
        port: 995,
        tls: 'implicit',
        user: 'обмен',
      },
    },
    {
      name: 'is encrypted from its beginning as imaps, on port 993',
      use: 'receive',
      text: 'imaps://user@mail.example.org',
      url: { protocol: 'imap', host: 'mail.example.org', port: 993, tls: 'implicit', user: 'user' },
    },
    {
      name: 'requires STARTTLS as imap, on port 143, and may name a mailbox',
      use: 'receive',
      text: 'imap://user@mail.example.org/Обмен/My%20site',
      url: {
        protocol: 'imap',
        host: 'mail.example.org',
        port: 143,
        tls: 'starttls',
        user: 'user',
        mailbox: 'Обмен/My site',
      },
    },
    {
      name: 'gives encryption up for IMAP in so many words only, and INBOX needs no name',
      use: 'receive',
      text: 'imap://user@127.0.0.1:1143/?tls=none',
      url: { protocol: 'imap', host: '127.0.0.1', port: 1143, tls: 'none', user: 'user' },
    },
    {
      name: 'takes an IPv6 address',
      use: 'send',
      text: 'smtps://user@[2001:db8::1]:4465',
      url: { protocol: 'smtp', host: '2001:db8::1', port: 4465, tls: 'implicit', user: 'user' },
    },
  ] as const satisfies readonly { name: string; use: MailUse; text: string; url: object }[]
  for (const { name, use, text, url } of READ) {
    it(name, () => {
      assert.deepEqual(parseMailUrl(text, use), url)
    })
  }

  const REFUSED = [
    {
      name: 'refuses what is no address',
      use: 'send',
      text: 'mail.example.org',
      problem: { kind: 'malformed' },
    },
    {
      name: 'refuses an address without a host',
      use: 'send',
      text: 'smtps://',
      problem: { kind: 'malformed' },
    },
    {
      name: 'refuses a user name with a line end',
      use: 'send',
      text: 'smtps://a%0Ab@mail.example.org',
      problem: { kind: 'malformed' },
    },
    {
      name: 'refuses half a percent-encoded character',
      use: 'send',
      text: 'smtps://%D0@mail.example.org',
      problem: { kind: 'malformed' },
    },
    {
      name: 'refuses the protocol of the other direction',
      use: 'send',
      text: 'pop3s://user@mail.example.org',
      problem: { kind: 'protocol', protocol: 'pop3s' },
    },
    {
      name: 'refuses a protocol that letters do not come by',
      use: 'receive',
      text: 'https://user@mail.example.org',
      problem: { kind: 'protocol', protocol: 'https' },
    },
    {
      name: 'refuses a mailbox whose name breaks a line',
      use: 'receive',
      text: 'imaps://user@mail.example.org/a%E2%80%A8b',
      problem: { kind: 'malformed' },
    },
    {
      name: 'refuses more behind a mailbox',
      use: 'receive',
      text: 'imaps://user@mail.example.org/INBOX#7',
      problem: { kind: 'rest', rest: '#7' },
    },
    {
      name: 'refuses to be encrypted and not, for IMAP',
      use: 'receive',
      text: 'imaps://user@mail.example.org?tls=none',
      problem: { kind: 'tls-contradiction', protocol: 'imaps' },
    },
    {
      name: 'refuses a mailbox without user',
      use: 'receive',
      text: 'pop3s://mail.example.org',
      problem: { kind: 'user-missing' },
    },
    {
      name: 'refuses a path',
      use: 'receive',
      text: 'pop3s://user@mail.example.org/INBOX',
      problem: { kind: 'rest', rest: '/INBOX' },
    },
    {
      name: 'refuses a way to log in that it does not know',
      use: 'send',
      text: 'smtps://user@mail.example.org?auth=guess',
      problem: { kind: 'parameter', parameter: 'auth=guess' },
    },
    {
      name: 'refuses a parameter that it does not know',
      use: 'send',
      text: 'smtp://user@mail.example.org?tls=maybe',
      problem: { kind: 'parameter', parameter: 'tls=maybe' },
    },
    {
      name: 'refuses to be encrypted and not',
      use: 'send',
      text: 'smtps://user@mail.example.org?tls=none',
      problem: { kind: 'tls-contradiction', protocol: 'smtps' },
    },
  ] as const satisfies readonly {
    name: string
    use: MailUse
    text: string
    problem: MailUrlProblem
  }[]
  for (const { name, use, text, problem } of REFUSED) {
    it(name, () => {
      assert.throws(
        () => parseMailUrl(text, use),
        (error) => {
          assert.ok(error instanceof MailUrlInvalid)
          assert.equal(error.code, 'MAIL_URL_INVALID')
          assert.deepEqual(error.problem, problem)
          assert.ok(error.hint)
          return true
        },
      )
    })
  }

  for (const text of [
    'smtps://user:tanstaaf@mail.example.org',
    'smtps://user:tan/staaf@mail.example.org',
    'smtps://user:tan#staaf@mail.example.org',
    'SMTPS://user:tan@staaf@mail.example.org',
  ]) {
    it(`refuses a password and never shows it: ${text.replace(/:tan.*@/, ':…@')}`, () => {
      assert.throws(
        () => parseMailUrl(text, 'send'),
        (error) => {
          assert.ok(error instanceof MailUrlInvalid)
          assert.deepEqual(error.problem, { kind: 'password' })
          assert.doesNotMatch(JSON.stringify([error.message, error.hint, error]), /staaf/)
          return true
        },
      )
    })
  }
})
