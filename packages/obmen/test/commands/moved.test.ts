import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { startMailHost } from '@obmen/mail/testing'

import { INIT, TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

describe('a database that exchanged in another place', () => {
  it('exchanges only after somebody has said that it was moved', async (t) => {
    const host = await startMailHost({
      accounts: [{ address: 'exchange@example.org', password: 'secret' }],
    })
    t.after(() => host.close())
    using site = new TestSite()
    site.env['OBMEN_MAIL_PASSWORD'] = 'secret'
    const url = (scheme: string, port: number): string =>
      `${scheme}://exchange%40example.org@127.0.0.1:${port}?tls=none`
    const servers = [
      '--send',
      url('smtp', host.smtp.port),
      '--receive',
      url('pop3', host.pop3.port),
    ]
    await site.run(...INIT.slice(0, INIT.indexOf('--send')), ...servers)
    await site.run('node', 'add', 'С01')
    const first = await site.run('exchange')
    copyFileSync(site.pathOf('trade.db'), site.pathOf('copy.db'))
    site.write('obmen.yaml', site.read('obmen.yaml').replace('trade.db', 'copy.db'))

    const copied = await site.run('exchange')
    const said = await site.run('init', '--moved')
    const moved = await site.run('exchange')

    assert.deepEqual([first.exitCode, copied.exitCode], [0, 78], copied.err)
    assert.match(copied.err, /copy\.db on .*\ntry: .*obmen init --moved/)
    assert.deepEqual([said.exitCode, moved.exitCode], [0, 0], moved.err)
  })
})
