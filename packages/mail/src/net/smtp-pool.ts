/**
 * A pool of SMTP connections.
 *
 * Everything that happens (a letter comes, a letter is done, a connection is there or gone, a time has come) changes the state, and then
 * calls `#work`, which looks at the state alone: it hands waiting letters to connections that have room, and opens connections when there is
 * none. So there is no order of events that it has to know of.
 */

import { MailError } from '../base/mail-error.ts'
import { AuthenticationFailed } from '../sasl/errors.ts'
import type { Envelope, SendingOutcome } from '../smtp/envelope.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { AbortWatch } from './abort-watch.ts'
import { BackOff } from './back-off.ts'
import { Alarm } from './clock.ts'
import { Aborted } from './errors.ts'
import { PoolQueue } from './pool-queue.ts'
import type { MailServer } from './mail-server.ts'
import { Pace } from './pace.ts'
import { PoolConnection, type Delivery } from './pool-connection.ts'
import { PoolLetter } from './pool-letter.ts'
import type { SendOptions } from './smtp-client.ts'
import {
  POOL_WORLD,
  poolLimits,
  type PoolWorld,
  type SmtpPoolLimits,
  type SmtpPoolOptions,
} from './smtp-pool-options.ts'

/** So many letters in a row that are given up are not the fault of these letters, and those that wait behind them would go the same way. */
const LETTERS_GIVEN_UP_MAX = 3

/**
 * Sends letters over a few connections to one server, which it opens when there is something to send and keeps for the next letters.
 *
 * A letter is tried again over a fresh connection only when it is certain that nobody has it: its content was not begun when the
 * connection broke, or the server ended the session with 421 instead of taking it. After that its end is the caller's to judge, as with
 * {@link SmtpConnection}. Where the server has CHUNKING, content of letters that follow one another leaves together with their envelopes, so it is often begun.
 *
 * A refused login is never tried again: everything that waits, and whatever is sent later, rejects with that error, so that no account is
 * locked by it. What waits is kept in memory and is limited by nothing; {@link pendingCount} says how much it is.
 *
 * @throws RangeError when a limit is no whole number from 1.
 *
 * @example
 * ```ts
 * import { type Envelope, Secret, SmtpPool } from '@obmen/mail/smtp'
 *
 * declare const letters: Iterable<{ envelope: Envelope; content: AsyncIterable<Uint8Array> }>
 *
 * await using pool = new SmtpPool(
 *   {
 *     host: 'mail.example.org',
 *     port: 465,
 *     tls: 'implicit',
 *     credentials: { user: 'office', password: new Secret('tanstaaf') },
 *   },
 *   { maxConnections: 2, rate: { letters: 100, perMs: 60_000 } },
 * )
 * const sendings = [...letters].map(({ envelope, content }) => pool.send(envelope, content))
 * for (const sending of await Promise.allSettled(sendings)) console.log(sending.status)
 * ```
 */
export class SmtpPool implements AsyncDisposable {
  readonly #server: MailServer
  readonly #options: SmtpPoolOptions
  readonly #limits: SmtpPoolLimits
  readonly #world: PoolWorld
  readonly #waiting = new PoolQueue()
  readonly #connections = new Set<PoolConnection>()
  /** What has no caller who waits for it. */
  readonly #underWay = new Set<Promise<void>>()
  readonly #pace: Pace
  readonly #backOff: BackOff
  readonly #paceAlarm: Alarm
  readonly #backOffAlarm: Alarm
  readonly #aborts = new AbortWatch<PoolLetter>((letter) => {
    if (this.#waiting.remove(letter)) this.#reject(letter, letter.aborted)
  })
  #pendingCount = 0
  /** How many letters were given up, with connections that had taken nothing, since one was answered. */
  #givenUp = 0
  /** A login has been accepted since the last failure, so that several may be tried at a time. */
  #isProven = false
  /** Why nothing is sent any more. */
  #refusal: Error | undefined
  #closing: Promise<void> | undefined
  #drained: (() => void) | undefined

  constructor(server: MailServer, options: SmtpPoolOptions = {}, world: PoolWorld = POOL_WORLD) {
    this.#server = server
    this.#options = options
    this.#limits = poolLimits(options)
    this.#world = world
    this.#pace = new Pace(options.rate)
    this.#backOff = new BackOff(this.#limits.backOffMs)
    this.#paceAlarm = new Alarm(world.clock, () => this.#work())
    this.#backOffAlarm = new Alarm(world.clock, () => this.#work())
    options.signal?.addEventListener('abort', this.#abort, { once: true })
    if (options.signal?.aborted === true) this.#abort()
  }

  /** How many letters wait or are under way. */
  get pendingCount(): number {
    return this.#pendingCount
  }

  /** How many connections there are, those that are being opened or closed among them. */
  get connectionCount(): number {
    return this.#connections.size
  }

  /**
   * Sends a letter as soon as a connection has room and the rate allows it: in the order of the calls, as far as there is one over several
   * connections. The contract is that of `SmtpConnection.send`: what the server says is an outcome, content is closed however it ends. Content is iterated once at
   * the most, a letter of this package also again after a 421 unless `mayRepeat` says no. The signal ends the waiting too.
   *
   * @throws what `openSmtp` throws, when there is no connection to be had; what `SmtpConnection.send` throws.
   */
  send(
    envelope: Envelope,
    content: AsyncIterable<Uint8Array>,
    options: SendOptions = {},
  ): Promise<SendingOutcome> {
    const letter = new PoolLetter(envelope, content, options)
    const refusal = letter.isAborted ? letter.aborted : this.#refusal
    if (refusal !== undefined) {
      letter.reject(refusal)
      return letter.outcome
    }
    this.#pendingCount++
    this.#aborts.add(letter, options.signal)
    this.#waiting.add(letter)
    this.#work()
    return letter.outcome
  }

  /** Sends what waits, says QUIT on every connection, and is over. Idempotent, and never rejects. */
  close(): Promise<void> {
    this.#refusal ??= new TypeError('the SMTP pool was closed')
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Hands out what can be handed out, and sees to it that it is called again for the rest. */
  #work(): void {
    for (const connection of this.#connections) {
      if (connection.isDone) this.#retire(connection)
    }
    while (this.#waiting.size > 0) {
      const waitMs = this.#pace.waitMs(this.#world.clock.now())
      if (waitMs > 0) {
        this.#paceAlarm.set(waitMs)
        break
      }
      const connection = this.#withRoom()
      if (connection === undefined) return this.#openMore()
      const letter = this.#waiting.take()
      if (letter !== undefined) void this.#deliver(letter, connection)
    }
    // Where the next letter has to wait long, a server would not wait with it.
    for (const connection of this.#connections) connection.rest()
  }

  async #deliver(letter: PoolLetter, connection: PoolConnection): Promise<void> {
    this.#pace.take(this.#world.clock.now())
    const delivery = await connection.deliver(letter)
    this.#judge(letter, delivery, connection)
    this.#work()
  }

  #judge(letter: PoolLetter, delivery: Delivery, connection: PoolConnection): void {
    const error = delivery.kind === 'answered' ? undefined : delivery.error
    if (connection.isLost) this.#lose(connection, error)
    // With a reply, nobody has the letter by the server's own word; without one, only because no octet of it has left.
    const isUnsent = delivery.kind === 'dismissed' ? letter.isReadable : !letter.content.isBegun
    // A connection that has taken others is progress: some servers take few letters over each.
    const isFruitless = connection.answered === 0
    if (isFruitless && !letter.isPassedOver) letter.attempts++
    const mayRepeat = isUnsent && this.#hasAttempts(letter, { isFruitless })
    if (mayRepeat && !connection.isOpen && this.#mayPass(error, letter)) {
      this.#waiting.addAgain(letter)
      return
    }
    if (isFruitless && !letter.isPassedOver && isTransient(error)) this.#giveUp(error)
    if (delivery.kind === 'failed') {
      this.#reject(letter, this.#explain(error, letter))
    } else {
      if (delivery.kind === 'answered') this.#givenUp = 0
      if (connection.answered === 1) this.#backOff.reset()
      this.#settled(letter)
      letter.resolve(delivery.outcome)
    }
  }

  /** One letter that the server hangs up on must not take those with it that wait behind it. */
  #hasAttempts(letter: PoolLetter, { isFruitless }: { readonly isFruitless: boolean }): boolean {
    if (letter.isPassedOver && isFruitless) return this.#givenUp < LETTERS_GIVEN_UP_MAX
    return letter.attempts < this.#limits.maxAttempts
  }

  /** A letter is not tried any more. As long as other connections work, that is its own affair. */
  #giveUp(error: unknown): void {
    this.#givenUp++
    if (this.#hasOthers()) return
    this.#backOff.reset()
    if (this.#givenUp >= LETTERS_GIVEN_UP_MAX) this.#rejectWaiting(error)
  }

  #hasOthers(): boolean {
    return [...this.#connections].some(({ isOpen, isOpening }) => isOpen || isOpening)
  }

  /** Whether the letter itself has nothing to do with what went wrong, and another connection may do better. */
  #mayPass(error: unknown, letter: PoolLetter): boolean {
    if (letter.isAborted || this.#options.signal?.aborted === true) return false
    return error instanceof Aborted || isTransient(error)
  }

  /** A letter whose neighbour on the same connection was aborted was not aborted itself. */
  #explain(error: unknown, letter: PoolLetter): unknown {
    const isOwn = letter.isAborted || this.#options.signal?.aborted === true
    if (!(error instanceof Aborted) || isOwn) return error
    const reason = 'another letter on the same connection was aborted'
    return new ConnectionLost('sending the letter', { reason, cause: error })
  }

  #reject(letter: PoolLetter, error: unknown): void {
    this.#settled(letter)
    letter.reject(error)
  }

  #settled(letter: PoolLetter): void {
    this.#aborts.remove(letter, letter.options.signal)
    this.#pendingCount--
    if (this.#waiting.size === 0) {
      this.#paceAlarm.clear()
      this.#backOffAlarm.clear()
    }
    if (this.#pendingCount === 0) this.#drained?.()
  }

  #rejectWaiting(error: unknown): void {
    for (;;) {
      const letter = this.#waiting.take()
      if (letter === undefined) return
      this.#reject(letter, error)
    }
  }

  #withRoom(): PoolConnection | undefined {
    let best: PoolConnection | undefined
    for (const connection of this.#connections) {
      if (!connection.hasRoom) continue
      if (best === undefined || connection.inFlight < best.inFlight) best = connection
    }
    return best
  }

  #openMore(): void {
    const { maxConnections, lettersInFlight } = this.#limits
    const opening = [...this.#connections].filter(({ isOpening }) => isOpening).length
    // A password that is wrong must be tried once, not once for each connection.
    const most = this.#isProven ? maxConnections - this.#connections.size : 1 - opening
    const room = Math.min(most, maxConnections - this.#connections.size)
    const wanted = Math.ceil(this.#waiting.size / lettersInFlight) - opening
    if (Math.min(room, wanted) <= 0) return
    const waitMs = this.#backOff.waitMs(this.#world.clock.now())
    if (waitMs > 0) return this.#backOffAlarm.set(waitMs)
    for (let count = 0; count < Math.min(room, wanted); count++) this.#track(this.#open())
  }

  async #open(): Promise<void> {
    const { lettersInFlight, maxLettersPerConnection, idleTimeoutMs } = this.#limits
    const use = {
      maxLetters: maxLettersPerConnection,
      maxInFlight: lettersInFlight,
      idleTimeoutMs,
    }
    const connection = new PoolConnection(use, this.#world.clock, () => this.#retire(connection))
    this.#connections.add(connection)
    try {
      await connection.open((signal) =>
        this.#world.open(this.#server, { ...this.#options, signal }),
      )
      this.#isProven = true
    } catch (error) {
      this.#connections.delete(connection)
      this.#failed(error)
    }
    this.#work()
  }

  /** A connection is gone, or did not come about. As long as others work, it is only not tried again at once. */
  #failed(error: unknown): void {
    if (error instanceof Aborted) return
    this.#isProven = false
    if (error instanceof AuthenticationFailed) {
      if (!error.transient) this.#refusal ??= error
      return this.#rejectWaiting(error)
    }
    this.#backOff.fail(this.#world.clock.now())
    if (this.#hasOthers()) return
    if (isTransient(error) && this.#backOff.failures < this.#limits.maxAttempts) return
    this.#backOff.reset()
    this.#rejectWaiting(error)
  }

  /** It ended in the middle of a letter. One over which letters have gone before is replaced at once. */
  #lose(connection: PoolConnection, error: unknown): void {
    this.#retire(connection)
    if (connection.answered > 0 || !isTransient(error)) return
    this.#isProven = false
    this.#backOff.fail(this.#world.clock.now())
  }

  /** Closes a connection; until that is done it counts, because for the server it does too. */
  #retire(connection: PoolConnection): void {
    this.#track(
      connection.close().then(() => {
        this.#connections.delete(connection)
        this.#work()
      }),
    )
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(tracked))
    this.#underWay.add(tracked)
  }

  readonly #abort = (): void => {
    const aborted = new Aborted(this.#options.signal?.reason)
    this.#refusal = aborted
    this.#rejectWaiting(aborted)
    for (const connection of this.#connections) connection.abort(this.#options.signal?.reason)
    this.#work()
  }

  async #closeAll(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#drained = resolve
    if (this.#pendingCount === 0) resolve()
    await promise
    while (this.#connections.size > 0) {
      for (const connection of this.#connections) {
        if (connection.isOpening) connection.abort('the SMTP pool was closed')
        else this.#retire(connection)
      }
      await Promise.all(this.#underWay)
    }
    this.#options.signal?.removeEventListener('abort', this.#abort)
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof MailError && error.transient
}
