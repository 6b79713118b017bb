import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { INIT, TestSite } from '../test-site.ts'

/** ЦБ, which knows С01, with a misspelt head office. */
async function misspeltSite(): Promise<TestSite> {
  const site = new TestSite()
  await site.run(...INIT)
  await site.run('node', 'add', 'С01')
  site.env['OBMEN_MAIN'] = 'ЦД'
  return site
}

describe('a misspelt head office', () => {
  it('is told of in the status, with the node that may be meant', async () => {
    using site = await misspeltSite()

    const english = await site.run('status')
    const russian = await site.run('status', '--lang', 'ru')

    const note =
      /^head office +ЦД, none of the nodes here; did you mean "ЦБ"\? Then correct "main"$/m
    assert.match(english.out, note)
    assert.match(russian.out, /«ЦБ»\? Тогда исправьте main$/m)
  })

  it('is told of in a trial before the servers are tried', async () => {
    using site = await misspeltSite()
    site.env['OBMEN_MAIL_PASSWORD'] = 'tanstaaf'
    site.env['OBMEN_RECEIVE'] = 'pop3://exchange%40example.org@127.0.0.1:1?tls=none'

    const { exitCode, err } = await site.run('exchange', '--dry-run')

    assert.equal(exitCode, 75)
    assert.match(err, /^head office: ЦД, .* "ЦБ"\? Then correct "main"\nerror: connecting/)
  })
})
