import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import type { Connection } from '../../src/net/connection.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { leftovers } from './leftovers.ts'
import { CA, dueEvents, serveTls } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const LONG_MS = 60_000

describe('An ended connection leaves nothing behind', () => {
  const endings: readonly {
    readonly name: string
    readonly end: (connection: Connection, controller: AbortController) => unknown
  }[] = [
    { name: 'closed', end: (connection) => connection.close() },
    { name: 'aborted', end: (_, controller) => controller.abort() },
    {
      name: 'lost',
      end: (connection) => connection.send(octetsOf('hang up'), LONG_MS),
    },
    {
      name: 'given up at a deadline',
      end: (connection) => Promise.resolve(connection.receive(1)).catch(() => {}),
    },
  ]
  for (const { name, end } of endings) {
    it(`when it is ${name}`, async () => {
      await using server = await serveTls((socket) => {
        socket.on('error', () => {})
        socket.on('data', () => socket.destroy())
        socket.write('220\r\n')
      })
      const controller = new AbortController()
      const connection = await openConnection(server.at({ tls: 'implicit', ca: CA }), {
        signal: controller.signal,
        totalTimeoutMs: LONG_MS,
      })
      await connection.receive(LONG_MS)

      await end(connection, controller)
      await server.idle()
      await dueEvents()

      assert.deepEqual(leftovers(), [])
      assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
    })
  }
})
