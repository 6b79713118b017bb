import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { DeadlineExceeded } from '../../src/net/errors.ts'
import { openSmtp } from '../../src/net/smtp-client.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { envelope, summary } from '../smtp/conversation.ts'
import { dueEvents, serve } from './loopback.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const one = envelope('a@x.org')

describe('An SMTP connection over a socket', () => {
  it('is not open any more once the server has hung up', async () => {
    const gone = Promise.withResolvers<void>()
    await using server = await serve((socket) => {
      socket.write('220 x\r\n')
      socket.once('data', () => {
        socket.write('250 x\r\n')
        setImmediate(() => socket.end('421 bye\r\n'))
      })
      socket.on('close', () => gone.resolve())
    })
    const smtp = await openSmtp(server.at())

    await gone.promise
    await dueEvents()

    assert.equal(smtp.isOpen, false)
    await smtp.close()
  })

  it('S27 gives no letter to a server that has hung up meanwhile, so that nobody has it', async () => {
    const gone = Promise.withResolvers<void>()
    await using server = await serve((socket) => {
      socket.write('220 x\r\n')
      socket.once('data', () => {
        socket.write('250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n')
        setImmediate(() => socket.end())
      })
      socket.on('close', () => gone.resolve())
    })
    const smtp = await openSmtp(server.at())
    async function* letter(): AsyncGenerator<Uint8Array> {
      yield octetsOf('x\r\n')
    }

    await gone.promise
    await dueEvents()

    await assert.rejects(smtp.send(one, letter()), ConnectionLost)
  })

  it('S10 hears a server that refuses while the content has stalled', async () => {
    await using server = await serve((socket) => {
      const replies = ['250 x', '250 ok', '250 ok', '354 go on']
      socket.write('220 x\r\n')
      socket.on('data', () => {
        const reply = replies.shift()
        if (reply === undefined) socket.end('552 5.3.4 too much\r\n')
        else socket.write(`${reply}\r\n`)
      })
    })
    const smtp = await openSmtp(server.at())
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield octetsOf('x\r\n')
      await new Promise(() => {})
    }

    assert.deepEqual(summary(await smtp.send(one, stalling())), ['rejected 552'])
  })

  it('S9 gives up content that has stalled at its deadline', async () => {
    await using server = await serve((socket) => {
      const replies = ['250 x', '250 ok', '250 ok', '354 go on']
      socket.write('220 x\r\n')
      socket.on('data', () => socket.write(`${replies.shift()}\r\n`))
    })
    const smtp = await openSmtp(server.at(), { deadlines: { contentMs: 20 } })
    const stalled = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }

    await assert.rejects(
      smtp.send(one, stalled),
      (error) => error instanceof DeadlineExceeded && error.phase === 'source',
    )
  })
})
