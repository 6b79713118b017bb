import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'

import { startMailHost } from '@obmen/mail/testing'

import { INIT, TestSite } from '../test-site.ts'
import { takeCensus } from '../../../mail/test/census.ts'

takeCensus()

/** A site that knows another one. */
async function openSite(): Promise<TestSite> {
  const site = new TestSite()
  site.env['OBMEN_MAIL_PASSWORD'] = 'tanstaaf'
  await site.run(...INIT)
  await site.run('node', 'add', 'С01')
  return site
}

describe('a mail server that says nothing', () => {
  for (const words of [['exchange'], ['exchange', '--dry-run']]) {
    it(`is told of in ${words.join(' ')}, with what may be the matter`, async (t) => {
      using site = await openSite()
      t.mock.timers.enable({ apis: ['setTimeout'] })
      const silent = createServer((socket) => {
        t.mock.timers.tick(10_000)
        socket.destroy()
      })
      await once(silent.listen(0, '127.0.0.1'), 'listening')
      const { port } = silent.address() as AddressInfo
      site.env['OBMEN_RECEIVE'] = `pop3://exchange%40example.org@127.0.0.1:${port}`

      const { exitCode, err } = await site.run(...words)
      await new Promise((resolve) => silent.close(resolve))

      assert.equal(exitCode, 75)
      const told = `127\\.0\\.0\\.1:${port} has said nothing yet; .*\\(995\\).* pop3s://\\n`
      assert.match(err, new RegExp(`^${told}`))
    })
  }
})

describe('a mail server that says nothing to a person who waits', () => {
  const LETTER = ['--to', 'shop@example.org', '--subject', 'x', '--text', 'x']
  const COMMANDS = [
    { words: ['exchange', '--dry-run'], setting: 'OBMEN_RECEIVE', scheme: 'imap', port: 993 },
    { words: ['send', ...LETTER], setting: 'OBMEN_SEND', scheme: 'smtp', port: 465 },
  ]
  for (const { words, setting, scheme, port: implicitPort } of COMMANDS) {
    it(`is given up after half a minute, in words of its own: ${words[0]}`, async (t) => {
      using site = await openSite()
      let now = performance.now()
      t.mock.timers.enable({ apis: ['setTimeout'] })
      t.mock.method(performance, 'now', () => now)
      let isOver = false
      const passSeconds = (left: number, socket: Socket): void => {
        now += 1_000
        t.mock.timers.tick(1_000)
        if (left > 1 && !isOver) setImmediate(() => passSeconds(left - 1, socket))
        else socket.destroy()
      }
      const silent = createServer((socket) => {
        socket.on('error', () => {})
        // More than a person waits, and less than an exchange would.
        passSeconds(45, socket)
      })
      await once(silent.listen(0, '127.0.0.1'), 'listening')
      const { port } = silent.address() as AddressInfo
      site.env[setting] = `${scheme}://exchange%40example.org@127.0.0.1:${port}`

      const { exitCode, err } = await site.run(...words)
      isOver = true
      await new Promise((resolve) => silent.close(resolve))

      assert.equal(exitCode, 75)
      assert.match(
        err,
        /127\.0\.0\.1:\d+ took the connection and did not greet within 30 seconds\n/,
      )
      assert.match(err, new RegExp(`try: .*\\(${implicitPort}\\).* ${scheme}s://\\n`))
    })
  }
})

describe('a mail server that takes letters and says nothing', () => {
  it('is told of in exchange, when the mailbox has been looked into', async (t) => {
    using site = await openSite()
    const host = await startMailHost({
      accounts: [{ address: 'exchange@example.org', password: 'tanstaaf' }],
    })
    t.after(() => host.close())
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const silent = createServer((socket) => {
      t.mock.timers.tick(10_000)
      socket.destroy()
    })
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    site.env['OBMEN_RECEIVE'] = `pop3://exchange%40example.org@127.0.0.1:${host.pop3.port}?tls=none`
    site.env['OBMEN_SEND'] = `smtp://exchange%40example.org@127.0.0.1:${port}`

    const { exitCode, err } = await site.run('exchange')
    await new Promise((resolve) => silent.close(resolve))

    assert.equal(exitCode, 75)
    const told = `127\\.0\\.0\\.1:${port} has said nothing yet; .*\\(465\\).* smtps://\\n`
    assert.match(err, new RegExp(told))
  })
})

describe('exchange --every', () => {
  it('is an interval of --watch alone', async () => {
    using site = await openSite()

    const { exitCode, err } = await site.run('exchange', '--every', '1 hour')

    assert.equal(exitCode, 64)
    assert.match(err, /--watch/)
  })
})
