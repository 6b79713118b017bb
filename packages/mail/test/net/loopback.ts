import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import type { MailServer } from '../../src/net/mail-server.ts'

/** A file of the test certificates; see the README beside them. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
}

export const CA: string = fixture('ca.crt')
const KEY = fixture('server.key')

export interface Loopback extends AsyncDisposable {
  readonly port: number
  /** How to reach it, in clear text unless said otherwise. */
  at(overrides?: Partial<MailServer>): MailServer
  /** Resolves once every connection there was is over. */
  idle(): Promise<void>
}

/** A server on the loopback interface that does to every connection what a test wants. */
export async function serve(onConnection: (socket: net.Socket) => void): Promise<Loopback> {
  return listen(net.createServer(onConnection))
}

/** The same with TLS from the first octet. */
export async function serveTls(
  onConnection: (socket: tls.TLSSocket) => void,
  options: tls.TlsOptions = {},
): Promise<Loopback> {
  const server = tls.createServer({ key: KEY, cert: fixture('server.crt'), ...options })
  return listen(server.on('secureConnection', onConnection))
}

/** Puts TLS over a connection that the server has accepted, as after STARTTLS. */
export function encrypt(socket: net.Socket): tls.TLSSocket {
  const secured = new tls.TLSSocket(socket, {
    isServer: true,
    key: KEY,
    cert: fixture('server.crt'),
  })
  return secured.on('error', () => secured.destroy())
}

/** Resolves when the events that are due now have been handled. */
export async function dueEvents(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function listen(server: net.Server): Promise<Loopback> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      server.emit('gone')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
  const { port } = address
  return {
    port,
    at: (overrides) => ({ host: '127.0.0.1', port, tls: 'none', ...overrides }),
    async idle() {
      while (sockets.size > 0) await once(server, 'gone')
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
