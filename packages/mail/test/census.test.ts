import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { dirname, join, relative } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { Census, takeCensus } from './census.ts'

takeCensus()

const ROOT = join(import.meta.dirname, '../../..')

async function listen(t: TestContext): Promise<{ readonly server: net.Server; port: number }> {
  const server = net.createServer((socket) => socket.on('error', () => {}))
  t.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { server, port: address.port }
}

describe('A census', () => {
  it('names a server that still listens', async (t) => {
    const census = new Census()
    await listen(t)

    assert.deepEqual(await census.leftovers(), ['TCPServerWrap'])
  })

  it('names both ends of a connection that is open', async (t) => {
    const { server, port } = await listen(t)
    const census = new Census()
    const socket = net.connect(port, '127.0.0.1')
    const [other] = (await once(server, 'connection')) as [net.Socket]
    await once(socket, 'connect')

    assert.deepEqual(await census.leftovers(), ['TCPSocketWrap', 'TCPSocketWrap'])
    socket.destroy()
    other.destroy()
  })

  it('names a timer that still runs', async () => {
    const census = new Census()
    const timer = setInterval(() => {}, 60_000)

    assert.deepEqual(await census.leftovers(), ['Timeout'])
    clearInterval(timer)
  })

  it('names who still listens to a signal, and not who has stopped', async () => {
    const { signal } = new AbortController()
    const census = new Census()
    const stopped = (): void => {}
    const listening = (): void => {}
    for (const listen of [stopped, listening]) signal.addEventListener('abort', listen)
    signal.removeEventListener('abort', stopped)

    assert.deepEqual(await census.leftovers(), ['listener of an AbortSignal'])
    signal.removeEventListener('abort', listening)
  })

  it('names who still listens to the process', async () => {
    const census = new Census()
    const listening = (): void => {}
    process.on('SIGUSR2', listening)

    assert.deepEqual(await census.leftovers(), ['listener of process for SIGUSR2'])
    process.off('SIGUSR2', listening)
  })

  it('leaves time for what is ending, and has nothing against what was there before', async (t) => {
    const { server, port } = await listen(t)
    const census = new Census()
    const socket = net.connect(port, '127.0.0.1')
    const [other] = (await once(server, 'connection')) as [net.Socket]
    socket.end()
    other.end()

    assert.deepEqual(await census.leftovers(), [])
  })

  it('is taken in every file whose tests connect', () => {
    const files = globSync('packages/*/{test,test-servers}/**/*.test.ts', { cwd: ROOT })
    const connecting = files
      .filter((file) => connects(join(ROOT, file)))
      // Connections of a pool stay until the server of the file ends.
      .filter((file) => !textOf(join(ROOT, file)).includes('await startPostgres()'))

    assert.ok(connecting.length > 40)
    assert.deepEqual(
      connecting.filter((file) => !/^takeCensus\(\)$/m.test(textOf(join(ROOT, file)))),
      [],
    )
  })
})

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

/** What only those call who have sockets. */
const CONNECTS =
  /\b(?:startMailHost|createServer|openConnection|openSmtp|openPop3|openImap|(?:net|tls)\.connect)\(/
const IMPORT = /^(?:import|export|\}) (?!type).*from '(\.[^']+)'$/gm

/** Whether a file, or what it imports of other tests, has to do with sockets. */
function connects(path: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(path)) return false
  seen.add(path)
  const text = textOf(path)
  if (CONNECTS.test(text)) return true
  return [...text.matchAll(IMPORT)]
    .map(([, specifier = '']) => join(dirname(path), specifier))
    .filter((imported) => /\/test(?:-servers)?\//.test(relative(ROOT, imported)))
    .some((imported) => connects(imported, seen))
}
