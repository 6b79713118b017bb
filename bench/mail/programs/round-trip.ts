/** Measures one round trip to an SMTP server: the median of several NOOP. Argument: port. */
import { once } from 'node:events'
import { connect } from 'node:net'

import { timeOf } from '../../clock.ts'
import { median } from '../figures.ts'

/** As long as the letters beside it take. */
const ROUNDS = 80

const socket = connect({ host: '127.0.0.1', port: Number(process.argv[2]), noDelay: true })
await once(socket, 'data')
const times: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  times.push(
    await timeOf(async () => {
      socket.write('NOOP\r\n')
      await once(socket, 'data')
    }),
  )
}
socket.end('QUIT\r\n')
console.log(JSON.stringify({ roundTripMs: median(times) }))
