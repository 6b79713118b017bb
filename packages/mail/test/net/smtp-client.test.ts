import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { CanonicalLetter, type LetterBody } from '../../src/base/canonical-letter.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted } from '../../src/net/errors.ts'
import { SmtpConnection } from '../../src/net/smtp-client.ts'
import { SmtpSizeExceeded } from '../../src/smtp/errors.ts'
import { TranscriptConnection } from '../../src/testing/transcript-connection.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { ProtocolLogger } from '../../src/wire/protocol-log.ts'
import { envelope, NEXT_PIPELINED, open, opening, pieces, summary } from '../smtp/conversation.ts'
import { ScriptedServer } from '../smtp/scripted-server.ts'
import { takeCensus } from '../census.ts'

takeCensus()

const one = envelope('a@x.org')

/** A connection to a server that goes on as the transcript says, and then hangs up. */
async function openWith(
  transcript: string,
  extensions: readonly string[] = [],
): Promise<{ readonly smtp: SmtpConnection; readonly connection: TranscriptConnection }> {
  const connection = new TranscriptConnection(
    `${opening('PIPELINING', 'SIZE 1000', ...extensions)}\n${transcript}`,
  )
  return { smtp: new SmtpConnection(connection, await drive(open(), connection)), connection }
}

/** A letter, and with its content what begins the next, up to the go-ahead for that one (RFC 2920 §3.1). */
function twoPipelined(reply: string): string {
  const [next = ''] = NEXT_PIPELINED.split(/\n *C: x/)
  const [commands = '', replies = ''] = next.split(/\n(?= *S:)/, 2)
  return NEXT_PIPELINED.replace(
    'S: 250 queued',
    `C: RSET\n${commands}\n${reply}\nS: 250 reset\n${next.slice(next.indexOf(replies))}`,
  )
}

function content(text: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => pieces(text) }
}

describe('SMTP connection', () => {
  it('sends letters one after the other, in the order of the calls, and then QUIT', async () => {
    const { smtp, connection } = await openWith(
      `${twoPipelined('S: 250 queued')}\nC: y\nC: .\nS: 250 queued\nC: QUIT\nS: 221 bye`,
    )

    const [first, second] = await Promise.all([
      smtp.send(one, content('x')),
      smtp.send(one, content('y')),
      smtp.close(),
    ])

    assert.deepEqual([summary(first), summary(second)], [['accepted 250'], ['accepted 250']])
    connection.assertFinished()
    assert.equal(connection.closed.aborted, true)
  })

  it('goes on after a letter that was refused before it was begun', async () => {
    const { smtp, connection } = await openWith(
      NEXT_PIPELINED.replace('example.org>', 'example.org> SIZE=3'),
    )

    await assert.rejects(smtp.send(one, content('x'), { sizeOctets: 1_001 }), SmtpSizeExceeded)
    await assert.rejects(smtp.send(one, content('x'), { sizeOctets: -1 }), RangeError)
    const outcome = await smtp.send(one, content('x\r\n'), { sizeOctets: 3 })

    assert.deepEqual(summary(outcome), ['accepted 250'])
    assert.equal(smtp.isOpen, true)
    connection.assertFinished()
  })

  it('is over after a letter that broke off, and the letters behind it are told so', async () => {
    const { smtp, connection } = await openWith('')

    const letters = await Promise.allSettled([
      smtp.send(one, content('x')),
      smtp.send(one, content('y')),
    ])

    for (const letter of letters) {
      assert.ok(letter.status === 'rejected' && letter.reason instanceof ConnectionLost)
    }
    assert.equal(smtp.isOpen, false)
    assert.equal(connection.closed.aborted, true)
    await smtp.close()
  })

  it('S9 is over after a letter whose outcome is unknown', async () => {
    const { smtp, connection } = await openWith(NEXT_PIPELINED.replace('S: 250 queued', ''))

    assert.deepEqual(summary(await smtp.send(one, content('x'))), ['unknown CONNECTION_LOST'])
    assert.equal(smtp.isOpen, false)
    assert.equal(connection.closed.aborted, true)
  })

  it('S9 never rejects after the dot, even if a log and the source throw then', async () => {
    const { smtp, connection } = await openWith(NEXT_PIPELINED)
    const log = (): never => {
      throw new RangeError('disk full')
    }
    Object.assign(connection, { log: new ProtocolLogger(log) })
    const x = content('x')[Symbol.asyncIterator]()
    const source = { [Symbol.asyncIterator]: () => ({ next: () => x.next(), return: log }) }

    assert.deepEqual(summary(await smtp.send(one, source)), ['accepted 250'])
  })

  it('closes the files of content that it did not read to the end', async () => {
    let isReleased = false
    async function* file(): AsyncGenerator<Uint8Array> {
      try {
        yield octetsOf('x')
      } finally {
        isReleased = true
      }
    }
    const { smtp } = await openWith('')
    const source = file()
    await source.next()

    await assert.rejects(smtp.send(one, source), ConnectionLost)

    assert.equal(isReleased, true)
  })

  it('closes content that it did not begin to read', async () => {
    const { smtp } = await openWith('C: QUIT\nS: 221 bye')
    const refuse = async (send: (content: Readable) => Promise<unknown>): Promise<void> => {
      const file = Readable.from([octetsOf('x')])
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      file.once('close', resolve)
      await assert.rejects(send(file))
      await closed
    }
    const signal = AbortSignal.abort()

    await refuse((file) => smtp.send(one, file, { sizeOctets: -1 }))
    await refuse((file) => smtp.send(one, file, { sizeOctets: 1_001 }))
    await refuse((file) => smtp.send(one, file, { signal }))
    await smtp.close()
    await refuse((file) => smtp.send(one, file))
    assert.equal(smtp.isOpen, false)
  })

  it('lets content be closed that waits for its turn and is given up', async () => {
    const { smtp } = await openWith(NEXT_PIPELINED)
    const controller = new AbortController()
    const file = Readable.from([octetsOf('y')])

    const first = smtp.send(one, content('x'))
    const second = smtp.send(one, file, { signal: controller.signal })
    controller.abort()

    await assert.rejects(second, Aborted)
    await first
    assert.equal(file.destroyed, true)
  })

  it('rejects a letter whose content can not be iterated, and does not throw', async () => {
    const { smtp, connection } = await openWith(`${NEXT_PIPELINED}\nC: QUIT\nS: 221 bye`)
    const locked = new ReadableStream<Uint8Array>()
    locked.getReader()

    const outcomes = Promise.allSettled([smtp.send(one, locked), smtp.send(one, content('x'))])

    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['rejected', 'fulfilled'],
    )
    await smtp.close()
    connection.assertFinished()
  })

  it('keeps its own error when the content can not be closed', async () => {
    const { smtp } = await openWith('')
    const stubborn: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ value: octetsOf('x') }),
        return: () => {
          throw new Error('no')
        },
      }),
    }

    await assert.rejects(smtp.send(one, stubborn), ConnectionLost)
  })

  it('closes once, however often it is asked to, and takes no letters from then on', async () => {
    const { smtp, connection } = await openWith('C: QUIT\nS: 221 bye')

    await Promise.all([smtp.close(), smtp.close(), smtp[Symbol.asyncDispose]()])

    connection.assertFinished()
    assert.equal(smtp.isOpen, false)
    await assert.rejects(smtp.send(one, content('x')), TypeError)
  })

  it('closes without complaint when the server is gone', async () => {
    const { smtp } = await openWith('')

    await smtp.close()
  })

  it('S26 lets a letter that waits for its turn be given up, without harm to the others', async () => {
    const { smtp, connection } = await openWith(NEXT_PIPELINED)
    const controller = new AbortController()

    const first = smtp.send(one, content('x'))
    const second = smtp.send(one, content('y'), { signal: controller.signal })
    controller.abort(new Error('never mind'))

    await assert.rejects(
      second,
      (error) => error instanceof Aborted && String(error.cause) === 'Error: never mind',
    )
    assert.deepEqual(summary(await first), ['accepted 250'])
    connection.assertFinished()
  })

  it('S26 given up while the content hangs, rejects at once', async () => {
    const controller = new AbortController()
    const hanging: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          controller.abort()
          return new Promise(() => undefined)
        },
      }),
    }
    const { smtp } = await openWith(NEXT_PIPELINED)

    await assert.rejects(smtp.send(one, hanging, { signal: controller.signal }), Aborted)
  })

  it('S26 takes back the letter that is given up while its content is waited for, with CHUNKING', async () => {
    const { smtp, connection } = await openWith(
      `C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      S: 250 ok
      S: 250 ok
      C: RSET
      C: MAIL FROM:<office@example.org>
      C: RCPT TO:<a@x.org>
      C: BDAT 3 LAST
      C: y
      S: 250 reset
      S: 250 ok
      S: 250 ok
      S: 250 queued`,
      ['CHUNKING'],
    )
    const controller = new AbortController()
    const waitedFor = Promise.withResolvers<void>()
    const hanging: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          waitedFor.resolve()
          return new Promise(() => undefined)
        },
      }),
    }

    const first = smtp.send(one, hanging, { signal: controller.signal })
    await waitedFor.promise
    const second = smtp.send(one, content('y\r\n'))
    controller.abort()

    await assert.rejects(first, Aborted)
    assert.deepEqual(summary(await second), ['accepted 250'])
    assert.equal(smtp.isOpen, true)
    connection.assertFinished()
  })

  it('S26 lets the letters behind one that is given up after DATA know that the connection was lost', async () => {
    const controller = new AbortController()
    const { smtp } = await openWith(NEXT_PIPELINED)
    const hanging: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          controller.abort()
          return new Promise(() => undefined)
        },
      }),
    }

    const [first, second] = await Promise.allSettled([
      smtp.send(one, hanging, { signal: controller.signal }),
      smtp.send(one, content('y')),
    ])

    assert.ok(first.status === 'rejected' && first.reason instanceof Aborted)
    assert.ok(second.status === 'rejected' && second.reason instanceof ConnectionLost)
    assert.equal(smtp.isOpen, false)
  })

  it('listens once to a signal that many letters share, and not any more when they are done', async () => {
    const server = new ScriptedServer({ extensions: ['PIPELINING'] })
    const smtp = new SmtpConnection(server, await drive(open(), server))
    const { signal } = new AbortController()

    const sendings = Array.from({ length: 50 }, () => smtp.send(one, content('x'), { signal }))
    const listeners = getEventListeners(signal, 'abort').length
    await Promise.all(sendings)

    assert.equal(listeners, 1)
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  for (const { body, declared, extensions } of [
    { body: '7BIT', declared: '', extensions: [] },
    { body: '8BITMIME', declared: ' BODY=8BITMIME', extensions: ['8BITMIME'] },
  ] as const) {
    it(`S20 S21 takes the word of a letter of this package for its form: ${body}`, async () => {
      const mail = `<office@example.org> SIZE=7${declared} SMTPUTF8`
      const { smtp, connection } = await openWith(
        NEXT_PIPELINED.replace('<office@example.org>', mail).replace('C: x', 'C: x\nC: ..\nC: y'),
        ['SMTPUTF8', ...extensions],
      )

      const outcome = await smtp.send(one, new KnownLetter('x\r\n.\r\ny', body), {
        body: '8BITMIME',
      })

      assert.deepEqual(summary(outcome), ['accepted 250'])
      connection.assertFinished()
    })
  }

  it('sends a hundred letters that were given at once over a few round trips', async () => {
    const server = new ScriptedServer({ extensions: ['PIPELINING', 'CHUNKING'] })
    const smtp = new SmtpConnection(server, await drive(open(), server))

    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => smtp.send(one, content('x'.repeat(900)))),
    )

    assert.ok(outcomes.every((outcome) => summary(outcome)[0] === 'accepted 250'))
    assert.equal(server.deliveries.length, 100)
    assert.ok(server.roundTrips <= 20, String(server.roundTrips))
  })
})

/** A letter whose form is vouched for. */
class KnownLetter extends CanonicalLetter {
  readonly needsSmtpUtf8 = true
  readonly sizeOctets: number
  readonly body: LetterBody
  readonly #text: string

  constructor(text: string, body: LetterBody) {
    super()
    this.#text = text
    this.sizeOctets = text.length
    this.body = body
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield octetsOf(this.#text)
  }
}
