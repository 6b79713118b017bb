/**
 * A connection on which both sides compress (RFC 4978 §4): DEFLATE without any frame, each thing that is sent flushed, so that it can be read when it
 * has come.
 *
 * What comes out of few octets may be a thousand times as many. It is taken out piece by piece, as the engine asks for it, so it can't fill the memory;
 * and how much of it there may be is bounded, so it can't go on for ever.
 */
import zlib from 'node:zlib'

import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { MailError } from '../base/mail-error.ts'
import { concatOctets } from '../base/octets.ts'
import type { ChannelBinding } from '../sasl/environment.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import type { ProtocolLogger } from '../wire/protocol-log.ts'
import type { Connection, HandOverOptions } from './connection.ts'
import { DeadlineExceeded } from './errors.ts'

/** What text comes to that was compressed: tables of zeros more, letters of people a tenth of it. */
const USUAL_INFLATION = 100

const NAME = 'the compressed connection'

export interface DeflateLimits {
  /** Of what came out beyond a hundredfold of what had come in. */
  readonly maxInflatedOctets: number
}

/** Compresses what is sent over another connection, and the other way round. */
export class DeflatedConnection implements Connection {
  readonly #connection: Connection
  readonly #deflater: Deflater
  readonly #inflater: Inflater

  /** @param octets what was received behind the agreement on it. */
  constructor(connection: Connection, limits: DeflateLimits, octets: Uint8Array) {
    this.#connection = connection
    this.#deflater = new Deflater()
    this.#inflater = new Inflater(limits, (reason) => this.close(reason))
    this.#inflater.push(octets)
    connection.closed.addEventListener('abort', () => this.#release(), { once: true })
  }

  get isEncrypted(): boolean {
    return this.#connection.isEncrypted
  }

  get closed(): AbortSignal {
    return this.#connection.closed
  }

  get ended(): AbortSignal {
    return this.#connection.ended
  }

  get log(): ProtocolLogger | undefined {
    return this.#connection.log
  }

  async send(octets: Uint8Array, timeoutMs: number, options: HandOverOptions = {}): Promise<void> {
    await this.#connection.send(await this.#deflater.deflate(octets), timeoutMs, options)
  }

  async receive(timeoutMs: number, spentMs: number = 0): Promise<Uint8Array | null> {
    const since = performance.now() - spentMs
    for (let spent = spentMs; ; spent = performance.now() - since) {
      const octets = await this.#inflater.take()
      if (octets !== undefined) return octets
      // What nothing comes out of is no answer, however much of it there is.
      const isOver = spent > Math.max(timeoutMs, spentMs)
      if (isOver) this.close(new DeadlineExceeded('receive', timeoutMs))
      const received = await this.#connection.receive(timeoutMs, spent)
      if (received === null) return null
      this.#inflater.push(received)
    }
  }

  async arrival(forMs: number, interrupt: PromiseLike<unknown>): Promise<void> {
    if (await this.#inflater.hasOctets()) return
    await this.#connection.arrival(forMs, interrupt)
  }

  async poll(): Promise<Uint8Array | undefined> {
    const octets = await this.#inflater.take()
    if (octets !== undefined) return octets
    const received = await this.#connection.poll()
    if (received === undefined) return undefined
    this.#inflater.push(received)
    return this.#inflater.take()
  }

  startTls(): Promise<void> {
    return Promise.reject(new TypeError('a connection is encrypted before it is compressed'))
  }

  channelBinding(): ChannelBinding | undefined {
    return this.#connection.channelBinding()
  }

  close(reason?: MailError): void {
    this.#connection.close(reason)
  }

  #release(): void {
    this.#deflater.end()
    this.#inflater.end()
  }
}

class Deflater {
  readonly #stream = zlib.createDeflateRaw()
  #pieces: Uint8Array[] = []

  constructor() {
    this.#stream.on('data', (octets: Uint8Array) => this.#pieces.push(octets))
  }

  async deflate(octets: Uint8Array): Promise<Uint8Array> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#stream.write(octets)
    this.#stream.flush(zlib.constants.Z_SYNC_FLUSH, resolve)
    await promise
    const pieces = this.#pieces
    this.#pieces = []
    return concatOctets(pieces)
  }

  end(): void {
    this.#stream.destroy()
  }
}

class Inflater {
  readonly #limits: DeflateLimits
  readonly #stream = zlib.createInflateRaw()
  #receivedOctets = 0
  #inflatedOctets = 0
  /** How much was pushed and is not dealt with. */
  #writing = 0
  readonly #onFailure: (reason: MailError) => void
  #failure: MailError | undefined
  #wake: (() => void) | undefined

  /** @param onFailure is told why nothing more can come. */
  constructor(limits: DeflateLimits, onFailure: (reason: MailError) => void) {
    this.#limits = limits
    this.#onFailure = onFailure
    const wake = (): void => this.#wake?.()
    this.#stream.on('readable', wake)
    this.#stream.on('error', ({ message }) => {
      this.#fail(new ProtocolViolation('what the server sent could not be decompressed', message))
    })
    this.#stream.on('end', () => {
      this.#fail(new ConnectionLost(NAME, { reason: 'the server has ended the compression' }))
    })
    this.#stream.on('close', wake)
  }

  push(octets: Uint8Array): void {
    if (octets.length === 0 || this.#stream.destroyed) return
    this.#receivedOctets += octets.length
    this.#writing += 1
    this.#stream.write(octets, () => {
      this.#writing -= 1
      // That it has ended is said to who reads.
      this.#stream.read(0)
      this.#wake?.()
    })
  }

  /** The next octets, some ten thousand at most; `undefined` when there are none in what was pushed. */
  async take(): Promise<Uint8Array | undefined> {
    const hasOctets = await this.hasOctets()
    const octets: unknown = hasOctets ? this.#stream.read() : null
    if (octets instanceof Uint8Array) this.#count(octets.length)
    if (this.#failure !== undefined) throw this.#failure
    return octets instanceof Uint8Array ? octets : undefined
  }

  async hasOctets(): Promise<boolean> {
    while (this.#stream.readableLength === 0) {
      if (this.#writing === 0 || this.#failure !== undefined || this.#stream.destroyed) return false
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      // Nothing is inflated until somebody reads.
      this.#stream.read(0)
      await promise
      this.#wake = undefined
    }
    return true
  }

  end(): void {
    this.#stream.destroy()
  }

  #count(octetCount: number): void {
    this.#inflatedOctets += octetCount
    const { maxInflatedOctets: limit } = this.#limits
    const value = this.#inflatedOctets - USUAL_INFLATION * this.#receivedOctets
    if (value <= limit) return
    const option = 'limits.maxInflatedOctets'
    this.#fail(new LimitExceeded({ what: 'what was compressed too well', limit, value, option }))
  }

  #fail(reason: MailError): void {
    this.#failure ??= reason
    this.#onFailure(reason)
    this.#wake?.()
  }
}
