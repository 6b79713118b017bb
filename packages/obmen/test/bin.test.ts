import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { en } from '../src/locale/en.ts'
import { ru } from '../src/locale/ru.ts'
import { isNodeSufficient } from '../src/node-version.ts'
import { INIT, TestSite } from './test-site.ts'
import { takeCensus } from '../../mail/test/census.ts'

takeCensus()

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
function waitForWords({ stderr }: ChildProcess, words: RegExp): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    stderr?.on('data', (piece) => {
      text += String(piece)
      if (words.test(text)) resolve()
    })
    stderr?.once('end', () => reject(new Error(`the process ended after: ${text}`)))
  })
}

describe('program', () => {
  it('can be executed, and ends with the exit code of its command', () => {
    assert.equal(statSync(BIN).mode & 0o100, 0o100)
    const env = { ...process.env, LC_ALL: 'C' }

    const outcome = spawnSync(process.execPath, [BIN, 'nonsense'], { env, encoding: 'utf8' })

    assert.equal(outcome.status, 64)
    assert.equal(outcome.stdout, '')
    assert.match(outcome.stderr, /^error: there is no command "nonsense"\ntry: one of: /)
  })

  it('that can write no file leaves none behind that would be taken for a configuration', () => {
    using site = new TestSite()
    const env = { ...process.env, LC_ALL: 'C', NODE_COMPILE_CACHE: '' }
    const limited = ['-c', 'ulimit -f 0 && exec "$0" "$@"', process.execPath, BIN, ...INIT]

    const outcome = spawnSync('sh', limited, { cwd: site.folder, env, encoding: 'utf8' })

    assert.equal(existsSync(site.pathOf('obmen.yaml')), false)
    assert.match(outcome.stderr, /^error: .*obmen\.yaml can't be used: /)
    assert.notEqual(outcome.status, 0)
  })

  it('after a first signal ends although a mail server stays silent', async () => {
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
    const exit = once(child, 'exit')
    await waitForWords(child, /error: stopped before the end/)

    assert.deepEqual(await exit, [130, null])
    server.close()
  })

  it('after a second signal ends at once, whatever it does', async () => {
    const processIo = new URL('../src/output/process-io.ts', import.meta.url)
    const busyProgram = `
      const { processIo } = await import(${JSON.stringify(processIo.href)})
      const io = processIo(() => undefined)
      io.interruption().addEventListener('abort', () => console.error('stopping'))
      setInterval(() => undefined, 1000)
      console.error('busy')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', busyProgram], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await waitForWords(child, /busy/)

    child.kill('SIGINT')
    await waitForWords(child, /stopping/)
    child.kill('SIGINT')

    assert.deepEqual(await once(child, 'exit'), [null, 'SIGINT'])
  })

  it('hears a signal wherever it asks for one, and listens but once', async () => {
    const processIo = new URL('../src/output/process-io.ts', import.meta.url)
    const askingProgram = `
      const { processIo } = await import(${JSON.stringify(processIo.href)})
      const io = processIo(() => undefined)
      const waiting = setInterval(() => undefined, 1000)
      for (let asked = 0; asked < 20; asked += 1) io.interruption()
      process.on('SIGINT', () => {
        clearInterval(waiting)
        console.error(io.interruption().aborted, process.listenerCount('SIGTERM'))
      })
      console.error('asked')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', askingProgram], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await waitForWords(child, /asked/)

    child.kill('SIGINT')

    await waitForWords(child, /^true 1$/m)
  })

  it('goes on when nobody reads what it tells, and ends as it would', async () => {
    const child = spawn(process.execPath, [BIN, 'exchange', '--nonsense'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr.destroy()

    assert.deepEqual(await once(child, 'exit'), [64, null])
  })

  it('says that its results can not be written', async () => {
    const mainModule = new URL('../src/main.ts', import.meta.url)
    const program = `
      const { runProcess } = await import(${JSON.stringify(mainModule.href)})
      process.argv = ['node', 'obmen', '--version', '--lang', 'en']
      const running = runProcess()
      process.stdout.emit('error', Object.assign(new Error(), { code: 'ENOSPC', syscall: 'write' }))
      await running`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exit = once(child, 'exit')
    await waitForWords(child, /^error: \/dev\/stdout can't be written to: the disk is full\ntry: /)

    assert.deepEqual(await exit, [74, null])
  })

  it('needs a Node.js whose SQLite keeps texts whole', () => {
    const versions = [
      '20.20.2',
      '24.15.1',
      '24.16.0',
      '24.21.0',
      '25.9.0',
      '26.0.0',
      '26.1.0',
      '28.0.0',
    ]

    assert.deepEqual(versions.filter(isNodeSufficient), ['24.16.0', '24.21.0', '26.1.0', '28.0.0'])
  })

  it('says in both languages which Node.js it needs', () => {
    assert.match(en.general.nodeTooOld('20.1.0'), /^error: this is Node\.js 20\.1\.0.*\ntry: /)
    assert.match(ru.general.nodeTooOld('20.1.0'), /^ошибка: это Node\.js 20\.1\.0.*\nчто делать: /)
  })
})
