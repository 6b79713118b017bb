/** Two small proxies on the loopback interface, which let everybody through and count. */
import { once } from 'node:events'
import net from 'node:net'

export interface TestProxy extends AsyncDisposable {
  readonly port: number
  /** Whom it was asked to connect to, as `host:port`. */
  readonly targets: readonly string[]
  /** Ends every connection, as a server does that has waited long enough, and waits until its client has noticed. */
  hangUp(): Promise<void>
}

/** What a proxy makes of the first octets of a client: whom to connect to and what to answer, or only an answer. */
type Handshake = (octets: Buffer) => { readonly target?: string; readonly answer: string | Buffer }

/** RFC 1928: no login, CONNECT to a host name or to an IPv4 address. */
export function startSocks5(): Promise<TestProxy> {
  return startProxy((octets) => {
    const isGreeting = octets.length === 2 + (octets[1] ?? 0)
    if (isGreeting) return { answer: Buffer.of(5, 0) }
    const port = octets.readUInt16BE(octets.length - 2)
    const address = octets.subarray(4, -2)
    const host = octets[3] === 3 ? address.toString('latin1', 1) : address.join('.')
    return { target: `${host}:${port}`, answer: Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0) }
  })
}

/** RFC 9110 §9.3.6. */
export function startHttpConnect(): Promise<TestProxy> {
  return startProxy((octets) => {
    const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(octets.toString('latin1'))?.[1]
    if (target === undefined) return { answer: 'HTTP/1.1 405 Method Not Allowed\r\n\r\n' }
    return { target, answer: 'HTTP/1.1 200 Connection established\r\n\r\n' }
  })
}

async function startProxy(shake: Handshake): Promise<TestProxy> {
  const targets: string[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy())
    client.on('data', function take(octets: Buffer) {
      const { target, answer } = shake(octets)
      if (target === undefined) return void client.write(answer)
      targets.push(target)
      client.off('data', take)
      connect(client, target, answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), targets, ...endOf(server, sockets) }
}

function connect(client: net.Socket, target: string, answer: string | Buffer): void {
  const colon = target.lastIndexOf(':')
  const upstream = net.connect(Number(target.slice(colon + 1)), target.slice(0, colon))
  upstream.on('error', () => client.destroy())
  client.on('close', () => upstream.destroy())
  upstream.on('connect', () => {
    client.write(answer)
    client.pipe(upstream).pipe(client)
  })
}

/** A TCP port on the loopback interface for what listens at a Unix socket. */
export async function startRelay(path: string): Promise<TestProxy> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    sockets.add(client)
    const upstream = net.connect(path)
    for (const socket of [client, upstream]) {
      socket.on('error', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), targets: [], ...endOf(server, sockets) }
}

function portOf(server: net.Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('listens at no port')
  return address.port
}

function endOf(
  server: net.Server,
  sockets: Set<net.Socket>,
): Pick<TestProxy, 'hangUp' | typeof Symbol.asyncDispose> {
  const hangUp = async (): Promise<void> => {
    const open = [...sockets].filter(({ closed }) => !closed)
    const closed = open.map((socket) => once(socket, 'close'))
    for (const socket of open) socket.end()
    await Promise.all(closed)
  }
  return {
    hangUp,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
