import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

const SHOP = 'shop@example.org'
const TEXTS = ['--subject', 'Проверка', '--text', 'Дошло?'] as const

describe('send with something missing', () => {
  const WRONG: readonly {
    readonly name: string
    readonly argv: readonly string[]
    readonly exitCode: number
    readonly err: RegExp
  }[] = [
    {
      name: 'a server, without a configuration',
      argv: ['--to', SHOP, ...TEXTS],
      exitCode: 64,
      err: /^error: an option is missing: --server\ntry: obmen send --help\n$/,
    },
    {
      name: 'a configuration that is named',
      argv: ['--to', SHOP, ...TEXTS, '--config', 'no.yaml'],
      exitCode: 78,
      err: /^error: there is no configuration file no\.yaml\n/,
    },
    {
      name: 'recipients',
      argv: ['--server', 'smtps://a%40b.org@mail.example.org', ...TEXTS],
      exitCode: 64,
      err: /: --to\n/,
    },
    {
      name: 'a subject',
      argv: ['--server', 'smtps://a%40b.org@mail.example.org', '--to', SHOP, '--text', 'x'],
      exitCode: 64,
      err: /: --subject\n/,
    },
    {
      name: 'a text',
      argv: ['--server', 'smtps://a%40b.org@mail.example.org', '--to', SHOP, '--subject', 'x'],
      exitCode: 64,
      err: /: --text\n/,
    },
    {
      name: 'a sender, where the login is no address',
      argv: ['--server', 'smtps://office@mail.example.org', '--to', SHOP, ...TEXTS],
      exitCode: 64,
      err: /: --from\n/,
    },
    {
      name: 'a login that the password is for',
      argv: ['--server', 'smtp://mail.example.org', '--password-env', 'X', '--to', SHOP, ...TEXTS],
      exitCode: 78,
      err: /^error: the address of the mail server names no user\ntry: write it as smtps:/,
    },
    {
      name: 'a well-formed server',
      argv: ['--server', 'pop3://office@mail.example.org', '--to', SHOP, ...TEXTS],
      exitCode: 64,
      err: /^error: --server: "pop3" is not the right protocol here\n/,
    },
    {
      name: 'a well-formed recipient',
      argv: ['--server', 'smtps://a%40b.org@mail.example.org', '--to', 'shop', ...TEXTS],
      exitCode: 65,
      err: /^error: .*shop/,
    },
    {
      name: 'a file that is to be attached',
      argv: ['--server', 'smtps://a%40b.org@h.org', '--to', SHOP, ...TEXTS, '--attach', 'no.pdf'],
      exitCode: 66,
      err: /no\.pdf/,
    },
    {
      name: 'a file where there is a folder',
      argv: ['--server', 'smtps://a%40b.org@h.org', '--to', SHOP, ...TEXTS, '--attach', '.'],
      exitCode: 66,
      err: /it is a folder/,
    },
  ]
  for (const { name, argv, exitCode, err } of WRONG) {
    it(`is told about ${name}`, async () => {
      using site = new TestSite('')

      const outcome = await site.run('send', ...argv)

      assert.match(outcome.err, err)
      assert.deepEqual([outcome.exitCode, outcome.out], [exitCode, ''])
    })
  }
})
