import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { describe, it } from 'node:test'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { takeCensus } from '../census.ts'
import { CA, serve, serveTls } from './loopback.ts'

takeCensus()

const LONG_MS = 20_000
/** What is handed over one after the other, more than the systems of both sides keep: much at a time, and so little that there is room for more while it waits. */
const SIZES = [
  ...Array.from({ length: 20 }, () => [500_000, 10, 70_000]).flat(),
  ...Array.from({ length: 2_000 }, () => 8_000),
]

/** Reads only when nothing else happens, and gives what came when the client has ended. */
function readLate(socket: Duplex, onEnd: (octets: Buffer) => void): void {
  const pieces: Buffer[] = []
  socket.on('data', (octets: Buffer) => {
    pieces.push(octets)
    socket.pause()
    setImmediate(() => setImmediate(() => socket.resume()))
  })
  socket.on('end', () => onEnd(Buffer.concat(pieces)))
}

describe('Octets that are lent', () => {
  for (const { name, start, over } of [
    { name: 'TCP', start: serve, over: {} },
    {
      name: 'TLS',
      start: serveTls,
      over: { tls: 'implicit', ca: CA } as const,
    },
  ]) {
    it(`have left when they are given back, over ${name}`, async () => {
      const { promise: received, resolve } = Promise.withResolvers<Buffer>()
      await using server = await start((socket: Duplex) => readLate(socket, resolve))
      const connection = await openConnection(server.at(over))
      const room = new Uint8Array(Math.max(...SIZES))

      for (const [index, size] of SIZES.entries()) {
        room.fill(index)
        await connection.send(room.subarray(0, size), LONG_MS, { isLent: true })
      }
      room.fill(0xff)
      connection.close()

      const expected = Buffer.concat(SIZES.map((size, index) => Buffer.alloc(size, index)))
      assert.equal(Buffer.compare(await received, expected), 0)
    })
  }
})
