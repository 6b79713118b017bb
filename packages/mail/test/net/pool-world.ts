import { octetsOf } from '../../src/base/octets.ts'
import { Aborted } from '../../src/net/errors.ts'
import type { LetterConnection } from '../../src/net/pool-connection.ts'
import type { SendOptions } from '../../src/net/smtp-client.ts'
import { SmtpPool } from '../../src/net/smtp-pool.ts'
import type { PoolWorld, SmtpPoolOptions } from '../../src/net/smtp-pool-options.ts'
import type { Envelope, SendingOutcome } from '../../src/smtp/envelope.ts'
import { Reply } from '../../src/smtp/reply.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'
import { envelope, pieces, summary } from '../smtp/conversation.ts'
import { FakeClock } from './fake-clock.ts'

/** What becomes of a letter on a fake connection. */
export type LetterFate =
  | 'accept'
  | 'dismiss after the content was begun'
  | 'hold'
  | 'lose'
  | 'lose after the content was begun'
  | 'dismiss'
  | 'fail'

/** A connection whose server does what a test wants. */
export class FakeConnection implements LetterConnection {
  readonly #fate: (connection: FakeConnection) => LetterFate
  readonly #breaking = Promise.withResolvers<never>()
  #turn: Promise<unknown> = Promise.resolve()
  isOpen = true
  isClosed = false
  sent = 0
  inFlight = 0
  mostInFlight = 0
  /** Letters that had no octets, or had them no more. */
  empty = 0

  constructor(fate: (connection: FakeConnection) => LetterFate) {
    this.#fate = fate
    this.#breaking.promise.catch(() => {})
  }

  /** The server hangs up, or this side drops the connection. */
  break(error: Error = new ConnectionLost('the conversation')): void {
    this.isOpen = false
    this.#breaking.reject(error)
  }

  async send(
    envelope: Envelope,
    content: AsyncIterable<Uint8Array>,
    { signal }: SendOptions = {},
  ): Promise<SendingOutcome> {
    this.sent++
    this.inFlight++
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    const abort = (): void => this.break(new Aborted(signal?.reason))
    signal?.addEventListener('abort', abort)
    const iterator = content[Symbol.asyncIterator]()
    const turn = this.#turn.then(() => this.#sendNow(envelope, iterator))
    this.#turn = turn.catch(() => {})
    try {
      return await Promise.race([turn, this.#breaking.promise])
    } finally {
      signal?.removeEventListener('abort', abort)
      this.inFlight--
      void iterator.return?.()
    }
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => {})
    this.isOpen = false
    this.isClosed = true
  }

  async #sendNow(envelope: Envelope, iterator: AsyncIterator<Uint8Array>): Promise<SendingOutcome> {
    if (!this.isOpen) throw new ConnectionLost('sending')
    const fate = this.#fate(this)
    if (fate === 'hold') return this.#breaking.promise
    if (fate === 'lose') this.break()
    if (fate === 'dismiss') {
      this.isOpen = false
      return answer(envelope, new Reply(421, ['too busy']))
    }
    if (!this.isOpen) return this.#breaking.promise
    let octets = 0
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
      octets += step.value.length
      if (fate === 'lose after the content was begun') this.break()
      if (fate === 'dismiss after the content was begun') {
        this.isOpen = false
        return answer(envelope, new Reply(421, ['too busy']))
      }
      if (!this.isOpen) return this.#breaking.promise
      if (fate === 'fail') {
        this.break()
        throw new RangeError('the content is no content')
      }
    }
    if (octets === 0) this.empty++
    return answer(envelope, new Reply(250, ['ok']))
  }
}

function answer({ forwardPaths }: Envelope, reply: Reply): SendingOutcome {
  const kind = reply.code === 250 ? 'accepted' : 'deferred'
  return { recipients: forwardPaths.map((forwardPath) => ({ kind, forwardPath, reply })) }
}

export interface FakeWorld extends PoolWorld {
  readonly clock: FakeClock
  /** In the order of their opening. */
  readonly connections: readonly FakeConnection[]
  /** When connecting was tried. */
  readonly attempts: readonly number[]
  /** The most connections that there were at a time. */
  mostOpen: number
  pool(options?: SmtpPoolOptions): SmtpPool
}

/**
 * A world in which connecting succeeds unless `refuse` throws or takes its time.
 *
 * @param fate what becomes of each letter; by default it is accepted.
 */
export function fakeWorld(
  fate: (connection: FakeConnection) => LetterFate = () => 'accept',
  refuse: (attempt: number) => void | Promise<void> = () => {},
): FakeWorld {
  const clock = new FakeClock()
  const connections: FakeConnection[] = []
  const attempts: number[] = []
  const world: FakeWorld = {
    clock,
    connections,
    attempts,
    mostOpen: 0,
    async open(_, { signal }) {
      attempts.push(clock.now())
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      aborted.catch(() => {})
      signal?.addEventListener('abort', () => reject(new Aborted(signal.reason)))
      await Promise.race([refuse(attempts.length), aborted])
      if (signal?.aborted === true) throw new Aborted(signal.reason)
      const connection = new FakeConnection(fate)
      signal?.addEventListener('abort', () => connection.break(new Aborted(signal.reason)))
      connections.push(connection)
      const open = connections.filter(({ isOpen }) => isOpen).length
      world.mostOpen = Math.max(world.mostOpen, open)
      return connection
    },
    pool: (options = {}) =>
      new SmtpPool({ host: 'mail.example.org', port: 465, tls: 'implicit' }, options, world),
  }
  return world
}

/** Content that says what was done with it. */
export class WatchedContent {
  pieces = 0
  closed = 0

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      this.pieces++
      yield octetsOf('x\r\n')
    } finally {
      this.closed++
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed++
  }
}

/** A letter of three octets. */
export function content(): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => pieces('x\r\n') }
}

/** Sends so many letters, and says how each ended. */
export async function sendAll(pool: SmtpPool, count: number): Promise<string[]> {
  const letters = Array.from({ length: count }, () => pool.send(envelope('a@x.org'), content()))
  const ends = await Promise.allSettled(letters)
  return ends.map((end) => {
    if (end.status === 'fulfilled') return summary(end.value).join()
    return end.reason instanceof Error ? end.reason.name : 'no error'
  })
}
