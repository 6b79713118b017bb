import type { MailError } from '../base/mail-error.ts'
import type { Connection, HandOverOptions } from '../net/connection.ts'
import { TlsFailed } from '../net/errors.ts'
import { ConnectionLost } from '../wire/errors.ts'
import type { ChannelBinding } from '../sasl/environment.ts'
import type { ProtocolLogger } from '../wire/protocol-log.ts'

/** What goes wrong. Calls of `send`, `receive` and `startTls` are counted together, from 1. */
export interface ConnectionFaults {
  /** From this call on the peer is gone: `receive` gives `null`, the others reject with `ConnectionLost`. */
  readonly hangUpAtCall?: number
  /** From this call on what is sent gets lost on the way, without anybody noticing. */
  readonly swallowFromCall?: number
  /** What is received comes in two halves. */
  readonly halves?: true
  /** Is awaited before each call: a delay, or a place to look at what happens meanwhile. */
  readonly beforeCall?: (call: number) => void | Promise<void>
}

/** A connection over which things go wrong, at a place that a test chooses. */
export class FaultyConnection implements Connection {
  readonly #inner: Connection
  readonly #faults: ConnectionFaults
  #calls = 0
  /** The second half of what was received. */
  #withheld: Uint8Array | undefined

  constructor(inner: Connection, faults: ConnectionFaults) {
    this.#inner = inner
    this.#faults = faults
  }

  /** How many calls there were: one more than the last at which a hang-up makes a difference. */
  get calls(): number {
    return this.#calls
  }

  get isEncrypted(): boolean {
    return this.#inner.isEncrypted
  }

  get closed(): AbortSignal {
    return this.#inner.closed
  }

  get ended(): AbortSignal {
    return this.#inner.ended
  }

  get log(): ProtocolLogger | undefined {
    return this.#inner.log
  }

  async send(
    octets: Uint8Array,
    timeoutMs: number,
    { isLent = false }: HandOverOptions = {},
  ): Promise<void> {
    await this.#begin()
    if (this.#hasHungUp) throw new ConnectionLost('sending')
    if (this.#calls >= (this.#faults.swallowFromCall ?? Infinity)) return
    await this.#inner.send(octets, timeoutMs, { isLent })
  }

  async receive(timeoutMs: number, spentMs?: number): Promise<Uint8Array | null> {
    await this.#begin()
    if (this.#hasHungUp) return null
    const octets = this.#withheld ?? (await this.#inner.receive(timeoutMs, spentMs))
    const isSecondHalf = this.#withheld !== undefined
    this.#withheld = undefined
    if (octets === null || isSecondHalf || this.#faults.halves === undefined) return octets
    const middle = Math.ceil(octets.length / 2)
    if (middle < octets.length) this.#withheld = octets.subarray(middle)
    return octets.subarray(0, middle)
  }

  async arrival(forMs: number, interrupt: PromiseLike<unknown>): Promise<void> {
    if (this.#hasHungUp || this.#withheld !== undefined) return
    await this.#inner.arrival(forMs, interrupt)
  }

  /** Not a call that is counted: nothing goes over the line. */
  async poll(): Promise<Uint8Array | undefined> {
    if (this.#hasHungUp) return undefined
    const withheld = this.#withheld
    this.#withheld = undefined
    return withheld ?? this.#inner.poll()
  }

  async startTls(timeoutMs: number): Promise<void> {
    await this.#begin()
    if (this.#hasHungUp) throw new ConnectionLost('the TLS handshake')
    if (this.#withheld !== undefined) {
      throw new TlsFailed({ check: 'octets-before-tls', host: 'faulty', port: 0 })
    }
    await this.#inner.startTls(timeoutMs)
  }

  channelBinding(): ChannelBinding | undefined {
    return this.#inner.channelBinding()
  }

  close(reason?: MailError): void {
    this.#inner.close(reason)
  }

  get #hasHungUp(): boolean {
    return this.#calls >= (this.#faults.hangUpAtCall ?? Infinity)
  }

  async #begin(): Promise<void> {
    this.#calls++
    await this.#faults.beforeCall?.(this.#calls)
  }
}
