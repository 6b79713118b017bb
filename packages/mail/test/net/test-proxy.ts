import net from 'node:net'
import type { Duplex } from 'node:stream'
import type { ProxyServer } from '../../src/net/proxy-server.ts'
import { fixture, serve, serveTls, type Loopback } from './loopback.ts'

/** A small proxy, and what it has seen. */
export interface TestProxy extends AsyncDisposable {
  readonly port: number
  /** What it was asked to connect to: `host:port`. */
  readonly asked: readonly string[]
  /** The octets of the clients after their requests, as far as they could be read on the way. */
  readonly tapped: () => string
  /** Resolves once every connection there was is over. */
  idle(): Promise<void>
  at(overrides?: Partial<ProxyServer>): ProxyServer
}

interface ProxyOptions {
  readonly kind: 'socks5' | 'http'
  /** Clients speak TLS to it. */
  readonly isEncrypted?: boolean
  /** The server that all tunnels lead to. */
  readonly leadsTo: { readonly port: number }
  /** The mail server's first words come in the same piece as the proxy's answer, cut behind so many octets. */
  readonly joins?: number
}

const USER = 'tim'
export const PROXY_PASSWORD = 'tanstaaftanstaaf'

/** Starts a proxy on the loopback interface that lets everybody in, and also `tim` by his password. */
export async function startProxy(options: ProxyOptions): Promise<TestProxy> {
  const asked: string[] = []
  let tapped = ''
  const tunnel: Tunnel = { options, asked, tap: (octets) => (tapped += octets.toString('latin1')) }
  const accept = (socket: Duplex): void => {
    socket.on('error', () => socket.destroy())
    const gather = options.kind === 'http' ? readHttp : readSocks5
    gather(socket, tunnel)
  }
  const server: Loopback =
    options.isEncrypted === true ? await serveTls(accept) : await serve(accept)
  return {
    port: server.port,
    asked,
    tapped: () => tapped,
    idle: () => server.idle(),
    at: (overrides) => ({
      kind: options.kind,
      host: '127.0.0.1',
      port: server.port,
      ...(options.isEncrypted === true ? { tls: 'implicit' as const, ca: fixture('ca.crt') } : {}),
      ...overrides,
    }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

interface Tunnel {
  readonly options: ProxyOptions
  readonly asked: string[]
  readonly tap: (octets: Buffer) => void
}

/** Connects the client with the server; `answer` is what the client is told before. */
function connect(client: Duplex, answer: Buffer, { options, tap }: Tunnel): void {
  const back = net.connect(options.leadsTo.port, '127.0.0.1')
  const drop = (): void => {
    back.destroy()
    client.destroy()
  }
  back.on('error', drop).on('close', drop)
  client.on('error', drop).on('close', drop)
  client.on('data', tap)
  const begin = (first: Buffer): void => {
    client.write(Buffer.concat([answer, first]))
    client.pipe(back).pipe(client)
  }
  const { joins } = options
  if (joins === undefined) begin(Buffer.alloc(0))
  else {
    back.once('data', (octets: Buffer) => {
      back.pause()
      begin(octets.subarray(0, joins))
      if (joins < octets.length) setImmediate(() => client.write(octets.subarray(joins)))
    })
  }
}

/** Gives every piece to one reader after the other, which says when it is done. */
function onMessages(client: Duplex, readers: ((message: Buffer) => Buffer | undefined)[]): void {
  const next = (octets: Buffer): void => {
    const answer = readers.shift()?.(octets)
    if (readers.length === 0) client.off('data', next)
    if (answer !== undefined) client.write(answer)
  }
  client.on('data', next)
}

function readHttp(client: Duplex, tunnel: Tunnel): void {
  onMessages(client, [
    (head) => {
      const [, target = '', login] =
        /^CONNECT (\S+) HTTP\/1\.1\r\nHost: \S+\r\n(?:Proxy-Authorization: Basic (\S+)\r\n)?\r\n$/.exec(
          head.toString(),
        ) ?? []
      tunnel.asked.push(target)
      const expected = Buffer.from(`${USER}:${PROXY_PASSWORD}`).toString('base64')
      if (login !== undefined && login !== expected) {
        client.end('HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n')
      } else connect(client, Buffer.from('HTTP/1.1 200 ok\r\n\r\n'), tunnel)
      return undefined
    },
  ])
}

function readSocks5(client: Duplex, tunnel: Tunnel): void {
  const request = (octets: Buffer): undefined => {
    tunnel.asked.push(
      `${octets.subarray(5, -2).toString()}:${octets.readUInt16BE(octets.length - 2)}`,
    )
    connect(client, Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 25]), tunnel)
  }
  const logIn = (octets: Buffer): Buffer =>
    Buffer.from([1, octets.toString().endsWith(PROXY_PASSWORD) ? 0 : 1])
  const greet = (octets: Buffer): Buffer => {
    const wantsLogin = octets.includes(2, 2)
    readers.push(...(wantsLogin ? [logIn, request] : [request]))
    return Buffer.from([5, wantsLogin ? 2 : 0])
  }
  const readers: ((octets: Buffer) => Buffer | undefined)[] = [greet]
  onMessages(client, readers)
}
