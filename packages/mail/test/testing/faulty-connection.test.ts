import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import { TlsFailed } from '../../src/net/errors.ts'
import { FaultyConnection } from '../../src/testing/faulty-connection.ts'
import type { ConnectionFaults } from '../../src/testing/faulty-connection.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'

const timeoutMs = 60_000

function faulty(transcript: string, faults: ConnectionFaults): FaultyConnection {
  return new FaultyConnection(new TranscriptConnection(transcript), faults)
}

async function receive(connection: FaultyConnection): Promise<string | null> {
  const octets = await connection.receive(timeoutMs)
  return octets === null ? null : textOf(octets)
}

describe('A faulty connection', () => {
  it('without faults is as good as the other', async () => {
    const connection = faulty('C: STLS\nS: +OK\n-- TLS\nS: +OK', {})

    await connection.send(octetsOf('STLS\r\n'), timeoutMs)
    assert.equal(await receive(connection), '+OK\r\n')
    assert.equal(connection.isEncrypted, false)
    await connection.startTls(timeoutMs)

    assert.equal(connection.isEncrypted, true)
    assert.equal(connection.calls, 3)
  })

  it('hangs up at the call it is told, and stays so', async () => {
    const connection = faulty('S: 220\nC: QUIT', { hangUpAtCall: 2 })

    assert.equal(await receive(connection), '220\r\n')
    assert.equal(await receive(connection), null)
    await assert.rejects(connection.send(octetsOf('QUIT\r\n'), timeoutMs), ConnectionLost)
    await assert.rejects(connection.startTls(timeoutMs), ConnectionLost)
  })

  it('loses what is sent from the call it is told', async () => {
    const inner = new TranscriptConnection('C: NOOP')
    const connection = new FaultyConnection(inner, { swallowFromCall: 2 })

    await connection.send(octetsOf('NOOP\r\n'), timeoutMs)
    await connection.send(octetsOf('QUIT\r\n'), timeoutMs)

    inner.assertFinished()
  })

  it('gives what it receives in halves', async () => {
    const connection = faulty('S: 220 ok\nC: x\nS: 1', { halves: true })

    assert.equal(await receive(connection), '220 ')
    assert.equal(await receive(connection), 'ok\r\n')
  })

  it('does not start TLS while it withholds a half', async () => {
    const connection = faulty('S: 220 ok\n-- TLS', { halves: true })
    await receive(connection)

    await assert.rejects(connection.startTls(timeoutMs), TlsFailed)
  })

  it('lets a test wait before each call', async () => {
    const calls: number[] = []
    const connection = faulty('S: 220\nC: NOOP', {
      beforeCall: async (call) => void calls.push(call),
    })

    await receive(connection)
    await connection.send(octetsOf('NOOP\r\n'), timeoutMs)

    assert.deepEqual(calls, [1, 2])
  })

  it('is closed when the other is', () => {
    const inner = new TranscriptConnection('')
    const connection = new FaultyConnection(inner, {})

    connection.close()

    assert.equal(inner.closed.aborted, true)
    assert.equal(connection.closed, inner.closed)
  })
})
