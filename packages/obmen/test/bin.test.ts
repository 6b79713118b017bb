import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { en } from '../src/locale/en.ts'
import { ru } from '../src/locale/ru.ts'
import { INIT, TestSite } from './test-site.ts'

const BIN = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** A server that greets nobody: whoever connects waits. */
async function startSilentServer(): Promise<Server & { readonly port: number }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return Object.assign(server, { port: address.port })
}

/** Resolves when the process has written this to standard error. */
async function waitForWords(child: ChildProcess, words: RegExp): Promise<void> {
  let text = ''
  for await (const piece of child.stderr ?? []) {
    text += String(piece)
    if (words.test(text)) return
  }
  assert.fail(`the process ended after: ${text}`)
}

describe('program', () => {
  it('can be executed, and ends with the exit code of its command', () => {
    assert.equal(statSync(BIN).mode & 0o111, 0o111)
    const env = { ...process.env, LC_ALL: 'C' }

    const outcome = spawnSync(process.execPath, [BIN, 'nonsense'], { env, encoding: 'utf8' })

    assert.equal(outcome.status, 64)
    assert.equal(outcome.stdout, '')
    assert.match(outcome.stderr, /^error: there is no command "nonsense"\ntry: one of: /)
  })

  it('after a first signal ends its step, after a second one at once', async () => {
    const server = await startSilentServer()
    using site = new TestSite()
    const url = `pop3://user@127.0.0.1:${server.port}?tls=none`
    await site.run(...INIT.with(INIT.indexOf('--receive') + 1, url))
    await site.run('node', 'add', 'С01')
    const child = spawn(process.execPath, [BIN, 'exchange'], {
      cwd: site.folder,
      env: { ...process.env, LC_ALL: 'C', OBMEN_MAIL_PASSWORD: 'tanstaaf' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await once(server, 'connection')

    child.kill('SIGINT')
    await waitForWords(child, /stopping after this step/)
    child.kill('SIGINT')
    const [exitCode, signal] = await once(child, 'exit')

    assert.deepEqual([exitCode, signal], [null, 'SIGINT'])
    server.close()
  })

  it('says in both languages which Node.js it needs', () => {
    assert.match(en.general.nodeTooOld('20.1.0'), /^error: this is Node\.js 20\.1\.0.*\ntry: /)
    assert.match(ru.general.nodeTooOld('20.1.0'), /^ошибка: это Node\.js 20\.1\.0.*\nчто делать: /)
  })
})
