import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** What went over a line, both ways, and how often the client spoke after the server had. */
export interface Traffic {
  octets: number
  roundTrips: number
}

/** A line to a server of this machine that counts what goes over it. */
export interface CountingProxy {
  readonly port: number
  /** Since the beginning, or since somebody has set it back. */
  readonly traffic: Traffic
  close(): void
}

/** Starts it in this process. */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const traffic: Traffic = { octets: 0, roundTrips: 0 }
  let isAnswered = true
  const proxy = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true })
    client.on('data', (octets) => {
      traffic.octets += octets.length
      if (isAnswered) traffic.roundTrips += 1
      isAnswered = false
      upstream.write(octets)
    })
    upstream.on('data', (octets) => {
      traffic.octets += octets.length
      isAnswered = true
      client.write(octets)
    })
    upstream.on('end', () => client.end())
    client.on('end', () => upstream.end())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return { port, traffic, close: () => void proxy.close() }
}
