/**
 * A long way on the loopback: passes the octets of both sides on, in order, after a delay. Its arguments are the port to connect to and the delay in
 * milliseconds for each way; it prints the port that it listens at.
 */
import { connect, createServer, type Socket } from 'node:net'

const [targetPort = '0', delayMs = '0'] = process.argv.slice(2)

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  const target = connect({
    host: '127.0.0.1',
    port: Number(targetPort),
    noDelay: true,
    allowHalfOpen: true,
  })
  pass(client, target)
  pass(target, client)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }))
})

/** Timers of the same length fire in the order in which they were set. */
function pass(from: Socket, to: Socket): void {
  from.on('data', (octets) => setTimeout(() => to.write(octets), Number(delayMs)))
  from.on('end', () => setTimeout(() => to.end(), Number(delayMs)))
  from.on('error', () => to.destroy())
}
