import type { MailError } from '../base/mail-error.ts'
import type { SendingOutcome } from '../smtp/envelope.ts'
import { SmtpReplyRejected } from '../smtp/errors.ts'
import { assert } from '../base/assert.ts'
import { Alarm, type Clock } from './clock.ts'
import type { PoolLetter } from './pool-letter.ts'
import type { SmtpConnection } from './smtp-client.ts'

/** What a pool uses of a connection. */
export type LetterConnection = Pick<SmtpConnection, 'isOpen' | 'send' | 'close'>

/** How a letter came back from a connection. */
export type Delivery =
  | { readonly kind: 'answered'; readonly outcome: SendingOutcome }
  /** The server has ended the session instead: with 421, which says nothing about the letter, and nobody has it. */
  | { readonly kind: 'dismissed'; readonly outcome: SendingOutcome; readonly error: MailError }
  | { readonly kind: 'failed'; readonly error: unknown }

/** How many letters a connection takes. */
export interface ConnectionUse {
  /** In all, after which it is closed. */
  readonly maxLetters: number
  readonly maxInFlight: number
  readonly idleTimeoutMs: number
}

/** One connection of a pool, from when it is wanted to when it is closed. */
export class PoolConnection {
  readonly #use: ConnectionUse
  readonly #controller = new AbortController()
  readonly #idle: Alarm
  #smtp: LetterConnection | undefined
  #begun = 0
  #inFlight = 0
  #answered = 0
  #closing: Promise<void> | undefined

  /** @param onIdle it has had nothing to do for so long that it may be closed. */
  constructor(use: ConnectionUse, clock: Clock, onIdle: () => void) {
    this.#use = use
    this.#idle = new Alarm(clock, onIdle)
  }

  get isOpening(): boolean {
    return this.#smtp === undefined
  }

  get isOpen(): boolean {
    return this.#closing === undefined && this.#smtp?.isOpen === true
  }

  /** Whether it has come to its end without anybody here having ended it. */
  get isLost(): boolean {
    return this.#closing === undefined && this.#smtp?.isOpen === false
  }

  get hasRoom(): boolean {
    return this.isOpen && !this.#isUsedUp && this.#inFlight < this.#use.maxInFlight
  }

  /** Whether it has nothing to do and can't be given anything any more. */
  get isDone(): boolean {
    if (this.#smtp === undefined || this.#closing !== undefined || this.#inFlight > 0) return false
    return this.#isUsedUp || !this.#smtp.isOpen
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** How many letters the server has answered. */
  get answered(): number {
    return this.#answered
  }

  async open(opener: (signal: AbortSignal) => Promise<LetterConnection>): Promise<void> {
    this.#smtp = await opener(this.#controller.signal)
  }

  async deliver(letter: PoolLetter): Promise<Delivery> {
    this.#idle.clear()
    this.#begun++
    this.#inFlight++
    const { envelope, content, options } = letter
    letter.isPassedOver = false
    const onPassedOver = (): void => {
      letter.isPassedOver = true
      options.onPassedOver?.()
    }
    try {
      assert(this.#smtp !== undefined, 'letters go over connections that are open')
      const outcome = await this.#smtp.send(envelope, content, { ...options, onPassedOver })
      const error = dismissal(outcome)
      if (error !== undefined) return { kind: 'dismissed', outcome, error }
      this.#answered++
      return { kind: 'answered', outcome }
    } catch (error) {
      return { kind: 'failed', error }
    } finally {
      this.#inFlight--
    }
  }

  /** Nothing waits, so it is closed after a while if it has nothing to do. */
  rest(): void {
    if (this.isOpen && this.#inFlight === 0) {
      this.#idle.set(this.#use.idleTimeoutMs, { isBackground: true })
    }
  }

  /** Says QUIT after the letters under way. Resolves also when the connection was lost. */
  close(): Promise<void> {
    this.#idle.clear()
    this.#closing ??= this.#smtp?.close() ?? Promise.resolve()
    return this.#closing
  }

  /** Drops the connection, or gives up opening it. */
  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  get #isUsedUp(): boolean {
    return this.#begun >= this.#use.maxLetters
  }
}

/** RFC 5321 §3.8: the one reply that ends the session, whatever it is a reply to. Who was refused before will be again. */
export function dismissal({ recipients }: SendingOutcome): MailError | undefined {
  if (recipients.some(({ kind }) => kind === 'accepted' || kind === 'unknown')) return undefined
  const reply = recipients.find((recipient) => recipient.reply?.code === 421)?.reply
  return reply === undefined ? undefined : new SmtpReplyRejected('the letter', reply)
}
