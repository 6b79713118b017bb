import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { AssertionFailed } from '../../src/base/assert.ts'
import { octetsOf, textOf } from '../../src/base/octets.ts'
import type { Connection } from '../../src/net/connection.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted, ConnectionFailed, DeadlineExceeded } from '../../src/net/errors.ts'
import type { MailServer } from '../../src/net/mail-server.ts'
import { openConnection } from '../../src/net/tcp-connection.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { LineBuffer, receiveLine } from '../../src/wire/line-buffer.ts'
import { dueEvents, serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

/** Longer than anything here takes: passes only if something else ends the wait. */
const LONG_MS = 60_000
const SHORT_MS = 25

/** Everything until the peer closes. */
async function receiveAll(connection: Connection): Promise<string> {
  let text = ''
  for (;;) {
    const octets = await connection.receive(LONG_MS)
    if (octets === null) return text
    text += textOf(octets)
  }
}

describe('A connection', () => {
  it('carries octets both ways', async () => {
    await using server = await serve((socket) => socket.pipe(socket))
    const connection = await openConnection(server.at())

    await connection.send(octetsOf('NOOP\r\n'), LONG_MS)

    assert.equal(textOf((await connection.receive(LONG_MS)) ?? octetsOf('')), 'NOOP\r\n')
    assert.equal(connection.isEncrypted, false)
    connection.close()
  })

  it('lets octets that are continued wait for what follows them', async () => {
    await using server = await serve((socket) => socket.pipe(socket))
    const connection = await openConnection(server.at())

    await connection.send(octetsOf('BDAT 2\r\n'), LONG_MS, { isContinued: true })
    await connection.send(octetsOf('ab'), LONG_MS, { isContinued: true })
    await dueEvents()
    assert.equal(await connection.poll(), undefined)
    await connection.send(octetsOf('BDAT 0 LAST\r\n'), LONG_MS)
    const first = textOf((await connection.receive(LONG_MS)) ?? octetsOf(''))
    await connection.send(octetsOf('QUIT\r\n'), LONG_MS)

    assert.equal(first, 'BDAT 2\r\nabBDAT 0 LAST\r\n')
    assert.equal(textOf((await connection.receive(LONG_MS)) ?? octetsOf('')), 'QUIT\r\n')
    connection.close()
  })

  it('finds the address of a host name that is listened at', async () => {
    await using server = await serve((socket) => socket.end('220\r\n'))

    const connection = await openConnection(server.at({ host: 'localhost' }))

    assert.equal(await receiveAll(connection), '220\r\n')
    connection.close()
  })

  it('gives what came before the peer closed, and then the end as often as it is asked', async () => {
    await using server = await serve((socket) => socket.end('421 bye\r\n'))
    const connection = await openConnection(server.at())

    assert.equal(await receiveAll(connection), '421 bye\r\n')

    assert.equal(await connection.receive(LONG_MS), null)
    connection.close()
  })

  it('still gives an answer that came before the peer reset it in the middle of content', async () => {
    const written = Promise.withResolvers<void>()
    await using server = await serve((socket) => {
      socket.write('552 too much\r\n', () => written.resolve())
      socket.on('data', () => socket.resetAndDestroy())
    })
    const connection = await openConnection(server.at())
    await written.promise
    await dueEvents()

    await assert.rejects(async () => {
      for (;;) await connection.send(new Uint8Array(64 * 1024), LONG_MS)
    }, ConnectionLost)

    assert.equal(textOf((await connection.receive(LONG_MS)) ?? octetsOf('')), '552 too much\r\n')
    await assert.rejects(async () => connection.receive(LONG_MS), ConnectionLost)
  })

  it('gives octets that stay as they are, whatever it and others read afterwards', async () => {
    await using server = await serve((socket) => socket.pipe(socket))
    const [first, second] = [await openConnection(server.at()), await openConnection(server.at())]
    const echo = async (connection: Connection, text: string): Promise<Uint8Array | null> => {
      await connection.send(octetsOf(text), LONG_MS)
      return connection.receive(LONG_MS)
    }

    const received = [await echo(first, '250 one'), await echo(second, '250 two')]
    received.push(await echo(first, '250 six'))

    assert.deepEqual(
      received.map((octets) => octets && textOf(octets)),
      ['250 one', '250 two', '250 six'],
    )
    first.close()
    second.close()
  })

  it('reads ahead only so far, however much the peer sends', async () => {
    const total = 8 * 1024 * 1024
    await using server = await serve((socket) => socket.end(Buffer.alloc(total)))
    const connection = await openConnection(server.at())
    let received = 0
    let longest = 0

    for (;;) {
      const octets = await connection.receive(LONG_MS)
      if (octets === null) break
      received += octets.length
      longest = Math.max(longest, octets.length)
      await dueEvents()
    }

    assert.equal(received, total)
    assert.ok(longest <= 512 * 1024, `${longest} octets were buffered`)
    connection.close()
  })

  it('is lost when the peer resets it', async () => {
    await using server = await serve((socket) => socket.on('data', () => socket.resetAndDestroy()))
    const connection = await openConnection(server.at())

    await connection.send(octetsOf('DATA\r\n'), LONG_MS)

    await assert.rejects(async () => connection.receive(LONG_MS), ConnectionLost)
    await assert.rejects(async () => connection.send(octetsOf('x'), LONG_MS), ConnectionLost)
    await assert.rejects(connection.startTls(LONG_MS), ConnectionLost)
  })

  it('does not come about when nobody listens', async () => {
    const server = await serve(() => {})
    await server[Symbol.asyncDispose]()

    await assert.rejects(
      openConnection(server.at()),
      (error) =>
        error instanceof ConnectionFailed &&
        error.systemCode === 'ECONNREFUSED' &&
        error.port === server.port &&
        error.transient &&
        /port/.test(error.hint ?? ''),
    )
  })

  for (const tls of ['STARTTLS', 'None', '', undefined, true, null]) {
    it(`is not attempted when tls is ${JSON.stringify(tls)}: only 'none' means clear text`, async () => {
      await using server = await serve(() => assert.fail('a connection was made'))
      const setting: MailServer = Object.assign(server.at(), { tls })

      await assert.rejects(openConnection(setting), TypeError)
    })
  }

  it('with a port that is none is refused, and nothing is left behind', async () => {
    const { signal } = new AbortController()
    const server: MailServer = { host: '127.0.0.1', port: 70_000, tls: 'none' }

    await assert.rejects(openConnection(server, { signal, totalTimeoutMs: 5 }), RangeError)

    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  it('is freed soon after closing, also when the peer goes on sending and never closes', async () => {
    await using server = await serve((socket) => {
      socket.allowHalfOpen = true
      const trickle = setInterval(() => socket.write('x'), 50)
      socket.on('close', () => clearInterval(trickle))
    })
    const connection = await openConnection(server.at())

    connection.close()

    await server.idle()
  })

  it('polls what the system has received already, without waiting for more', async () => {
    const written = Promise.withResolvers<void>()
    await using server = await serve((socket) => {
      socket.on('data', () => socket.write('250 early\r\n', () => written.resolve()))
    })
    const connection = await openConnection(server.at())

    assert.equal(await connection.poll(), undefined)
    await connection.send(octetsOf('x'), LONG_MS)
    await written.promise

    assert.equal(textOf((await connection.poll()) ?? octetsOf('')), '250 early\r\n')
    connection.close()
    await assert.rejects(async () => connection.poll(), ConnectionLost)
  })

  it('serves one operation at a time', async () => {
    await using server = await serve(() => {})
    const connection = await openConnection(server.at())
    const first = Promise.resolve(connection.receive(LONG_MS))

    await assert.rejects(async () => connection.receive(LONG_MS), AssertionFailed)

    connection.close()
    await assert.rejects(first, ConnectionLost)
  })

  it('rejects what is pending and what is asked later when this side closes it', async () => {
    await using server = await serve((socket) => socket.write('220\r\n'))
    const connection = await openConnection(server.at())
    await connection.receive(LONG_MS)
    const pending = Promise.resolve(connection.receive(LONG_MS))

    connection.close()
    connection.close()

    await assert.rejects(pending, ConnectionLost)
    await assert.rejects(async () => connection.receive(LONG_MS), ConnectionLost)
    assert.ok(connection.closed.aborted)
  })

  it('lets the last octets leave before it is closed', async () => {
    const heard = Promise.withResolvers<string>()
    await using server = await serve((socket) => {
      let text = ''
      socket.on('data', (octets) => (text += octets.toString()))
      socket.on('end', () => heard.resolve(text))
    })
    const connection = await openConnection(server.at())

    await connection.send(octetsOf('QUIT\r\n'), LONG_MS)
    connection.close()

    assert.equal(await heard.promise, 'QUIT\r\n')
  })
})

describe('A deadline', () => {
  it('ends the wait for an answer, and the connection', async () => {
    await using server = await serve(() => {})
    const connection = await openConnection(server.at())

    await assert.rejects(
      async () => connection.receive(SHORT_MS),
      (error) =>
        error instanceof DeadlineExceeded &&
        error.phase === 'receive' &&
        error.timeoutMs === SHORT_MS &&
        error.transient,
    )
    await assert.rejects(
      async () => connection.send(octetsOf('QUIT\r\n'), LONG_MS),
      DeadlineExceeded,
    )
  })

  it('is not lengthened by a peer that sends an octet now and then', async () => {
    await using server = await serve((socket) => {
      const trickle = setInterval(() => socket.write('x'), 5)
      socket.on('close', () => clearInterval(trickle))
    })
    const connection = await openConnection(server.at())
    const buffer = new LineBuffer({ maxLineOctets: 512, option: 'maxLineOctets' })

    await assert.rejects(
      drive(receiveLine(buffer, 4 * SHORT_MS), connection),
      (error) => error instanceof DeadlineExceeded && error.timeoutMs === 4 * SHORT_MS,
    )
  })

  it('ends the wait for a peer that reads nothing', async () => {
    await using server = await serve((socket) => socket.pause())
    const connection = await openConnection(server.at())
    const content = new Uint8Array(1024 * 1024)

    await assert.rejects(
      async () => {
        for (;;) await connection.send(content, SHORT_MS)
      },
      (error) => error instanceof DeadlineExceeded && error.phase === 'send',
    )
  })

  it('ends a handshake that the peer does not answer', async () => {
    await using server = await serve(() => {})

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit' }), { deadlines: { tlsMs: SHORT_MS } }),
      (error) => error instanceof DeadlineExceeded && error.phase === 'tls',
    )
  })

  it('for the whole conversation ends it although each answer is in time', async () => {
    await using server = await serve((socket) => {
      const lines = setInterval(() => socket.write('250-more\r\n'), 5)
      socket.on('close', () => clearInterval(lines))
    })
    const connection = await openConnection(server.at(), { totalTimeoutMs: 4 * SHORT_MS })

    await assert.rejects(
      receiveAll(connection),
      (error) => error instanceof DeadlineExceeded && error.phase === 'total',
    )
  })
})

describe('An abort', () => {
  it('before anything else leaves no trace', async () => {
    const connections: unknown[] = []
    await using server = await serve((socket) => connections.push(socket))

    await assert.rejects(
      openConnection(server.at(), { signal: AbortSignal.abort('not now') }),
      (error) => error instanceof Aborted && error.cause === 'not now' && !error.transient,
    )

    assert.equal(connections.length, 0)
  })

  it('while connecting ends it', async () => {
    await using server = await serve(() => {})
    const controller = new AbortController()
    const opening = openConnection(server.at(), { signal: controller.signal })

    controller.abort()

    await assert.rejects(opening, Aborted)
  })

  it('in the middle of the handshake ends it', async () => {
    const controller = new AbortController()
    await using server = await serve((socket) => socket.on('data', () => controller.abort()))

    await assert.rejects(
      openConnection(server.at({ tls: 'implicit' }), { signal: controller.signal }),
      Aborted,
    )
  })

  it('ends the wait for an answer', async () => {
    await using server = await serve(() => {})
    const controller = new AbortController()
    const connection = await openConnection(server.at(), { signal: controller.signal })
    const pending = Promise.resolve(connection.receive(LONG_MS))

    controller.abort()

    await assert.rejects(pending, Aborted)
  })
})
