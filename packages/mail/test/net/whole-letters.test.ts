import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { octetsOf } from '../../src/base/octets.ts'
import { CanonicalLetter } from '../../src/base/canonical-letter.ts'
import { drive } from '../../src/net/drive.ts'
import { Aborted } from '../../src/net/errors.ts'
import { SmtpConnection } from '../../src/net/smtp-client.ts'
import { trackContent } from '../../src/net/tracked-content.ts'
import { ReversePath } from '../../src/smtp/path.ts'
import { takeCensus } from '../census.ts'
import { envelope, open, summary } from '../smtp/conversation.ts'
import { ScriptedServer, type ScriptedServerOptions } from '../smtp/scripted-server.ts'
import { dueEvents } from './loopback.ts'

takeCensus()

const one = envelope('a@x.org')

describe('A letter in memory', () => {
  for (const extensions of [['PIPELINING'], ['PIPELINING', 'CHUNKING']]) {
    it(`is taken as it is, without asking its source: ${extensions.join(', ')}`, async () => {
      const server = new ScriptedServer({ extensions: [...extensions], isPolled: true })
      const smtp = new SmtpConnection(server, await drive(open(), server))
      const letter = new WholeLetter('Subject: x\r\n\r\n.dot\r\n')

      const outcomes = await Promise.all([smtp.send(one, letter), smtp.send(one, letter)])

      assert.deepEqual(outcomes.map(summary), [['accepted 250'], ['accepted 250']])
      assert.equal(letter.begun, 2)
      assert.deepEqual(
        server.deliveries.map((delivery) => delivery.content),
        [letter.text, letter.text],
      )
    })
  }

  it('whose caller learns an outcome and has the next at once costs no round trip more', async () => {
    const server = new TurningServer({ extensions: ['PIPELINING'], isPolled: true })
    const smtp = new SmtpConnection(server, await drive(open(), server))
    const before = server.roundTrips
    async function sendInTurn(): Promise<void> {
      for (let count = 0; count < 10; count++) await smtp.send(one, new WholeLetter('x\r\n'))
    }

    await Promise.all([sendInTurn(), sendInTurn()])

    // One for each, and one at the beginning of the envelope of the first.
    assert.equal(server.roundTrips - before, 21)
  })

  it('is begun when the server has asked for it, and not before', async () => {
    const server = new ScriptedServer({ extensions: ['PIPELINING'], isPolled: true })
    const smtp = new SmtpConnection(server, await drive(open(), server))
    const refused = trackContent(new WholeLetter('x\r\n'))
    const taken = trackContent(new WholeLetter('x\r\n'))
    const refusedEnvelope = { ...one, reversePath: ReversePath.parse('m250.451.250@x.org') }

    const outcomes = await Promise.all([smtp.send(refusedEnvelope, refused), smtp.send(one, taken)])

    assert.deepEqual(outcomes.map(summary), [['deferred 451'], ['accepted 250']])
    assert.deepEqual([refused.isBegun, taken.isBegun], [false, true])
  })

  it('that is given up while the one before it is under way costs nobody anything', async () => {
    const controller = new AbortController()
    const server = new AbortingServer(controller, { extensions: ['PIPELINING'] })
    const smtp = new SmtpConnection(server, await drive(open(), server))
    const { signal } = controller
    const letter = new WholeLetter('x\r\n')
    server.isArmed = true

    const outcomes = await Promise.allSettled([
      smtp.send(one, letter),
      smtp.send(one, letter, { signal }),
      smtp.send(one, letter),
    ])

    assert.deepEqual(
      outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? summary(outcome.value) : String(outcome.reason),
      ),
      [['accepted 250'], String(new Aborted(signal.reason)), ['accepted 250']],
    )
    assert.equal(server.deliveries.length, 2)
    assert.equal(smtp.isOpen, true)
  })
})

/** Somebody gives up while the client waits for it. */
class AbortingServer extends ScriptedServer {
  isArmed = false
  readonly #controller: AbortController

  constructor(controller: AbortController, options: ScriptedServerOptions) {
    super(options)
    this.#controller = controller
  }

  override async receive(): Promise<Uint8Array | null> {
    if (this.isArmed) this.#controller.abort()
    return super.receive()
  }
}

/** As a socket, it is polled by letting the event loop turn. */
class TurningServer extends ScriptedServer {
  override async poll(): Promise<Uint8Array | undefined> {
    await dueEvents()
    return super.poll()
  }
}

/** One that is there as a whole, and can't be had in another way. */
class WholeLetter extends CanonicalLetter {
  readonly text: string
  readonly sizeOctets: number
  readonly body = '7BIT'
  readonly needsSmtpUtf8 = false
  /** How often it was begun. */
  begun = 0

  constructor(text: string) {
    super()
    this.text = text
    this.sizeOctets = text.length
  }

  override whole(): Uint8Array {
    return octetsOf(this.text)
  }

  override begin(): void {
    this.begun++
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield await Promise.reject(new Error('its source was asked'))
  }
}
