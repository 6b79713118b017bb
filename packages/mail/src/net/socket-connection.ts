/**
 * A connection over TCP, with TLS from its first octet or later. It may lead to a proxy first, and through that to the server:
 * `tunnelTo` is the moment from which the server is the other side. TLS is then made within what was encrypted for the proxy, if that was.
 *
 *     connecting ──► open ──startTls──► handshaking ──► open, encrypted
 *          │           │                     │                │
 *          └───────────┴──────── failure ────┴────────────────┘
 *
 * Everything the socket reports changes the state and then wakes the one operation that may be pending; the operation looks at the state
 * alone. So every end (an error, a deadline, an abort, closing) comes to it by one way, and it settles once. The first failure
 * stays; it frees the socket, the timers and the listeners.
 */

import net from 'node:net'
import tls from 'node:tls'
import { assert } from '../base/assert.ts'
import type { MailError } from '../base/mail-error.ts'
import { concatOctets } from '../base/octets.ts'
import type { ChannelBinding } from '../sasl/environment.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { ProtocolLogger } from '../wire/protocol-log.ts'
import { channelBindingOf } from './channel-binding.ts'
import { clientCertificateOf } from './client-certificate.ts'
import type { Connection, HandOverOptions } from './connection.ts'
import {
  Aborted,
  ConnectionFailed,
  DeadlineExceeded,
  type DeadlinePhase,
  TlsFailed,
} from './errors.ts'
import type { ConnectionOptions, MailServer } from './mail-server.ts'
import { openSocket } from './open-socket.ts'
import { PendingOperation, type Deadline } from './pending-operation.ts'
import { pinOf } from './pins.ts'
import { startTimer } from './timer.ts'
import { codeOf, handshakeFailure, isAboutClientCertificate } from './tls-check.ts'

/**
 * How much is read ahead of the engine. Something has to be, so that a reply that comes while content is still being sent is seen
 * although the server then resets the connection; and a few reads' worth keeps the network busy while a sink writes.
 */
const READ_AHEAD_OCTETS = 256 * 1024

/**
 * How much may be sent before the system is asked again whether something has arrived: content that comes out of memory and goes
 * into the buffers of the system would otherwise never let the event loop turn, and the server would be heard only when those are full.
 */
const MAX_UNHEARD_OCTETS = 256 * 1024

/** How long the last octets (close_notify of TLS) may take to leave. They matter to the peer's log, not to the mail. */
const FAREWELL_MS = 1_000

type State = 'connecting' | 'open' | 'handshaking'

/** The connection of `openConnection`. */
export class SocketConnection implements Connection {
  readonly #options: ConnectionOptions
  #log: ProtocolLogger | undefined
  /** The other side. */
  #server: MailServer
  readonly #closing = new AbortController()
  readonly #ending = new AbortController()
  readonly #release: () => void
  #socket: net.Socket
  /** TLS with the other side, as soon as it is begun. */
  #tls: tls.TLSSocket | undefined
  #state: State = 'connecting'
  #failure: MailError | undefined
  #received: Uint8Array[] = []
  #receivedOctets = 0
  #hasEnded = false
  #hasRoom = true
  /** How much was sent since the system was last asked for what has arrived. */
  #octetsSinceRead = 0
  readonly #operation = new PendingOperation((phase, ms) => this.#giveUp(phase, ms))

  /** @param log what records the conversation instead of an ordinary logger. */
  constructor(server: MailServer, options: ConnectionOptions, log?: ProtocolLogger) {
    this.#server = server
    this.#options = options
    this.#log = log ?? startLog(options)
    // First, because it throws for a port that is none, and nothing must be left behind then.
    this.#socket = openSocket(server, (octets) => {
      this.#keep(octets)
      this.#wake()
    })
    this.#release = this.#watch(options)
    this.#attach(this.#socket)
  }

  get isEncrypted(): boolean {
    return this.#tls !== undefined && this.#state === 'open'
  }

  get log(): ProtocolLogger | undefined {
    return this.#log
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  get ended(): AbortSignal {
    return this.#ending.signal
  }

  connected(timeoutMs: number): Promise<void> {
    return this.#reach(() => this.#state !== 'connecting', { phase: 'connect', timeoutMs })
  }

  send(
    octets: Uint8Array,
    timeoutMs: number,
    { isContinued = false, isLent = false }: HandOverOptions = {},
  ): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const socket = this.#socket
    if (isContinued && socket.writableCorked === 0) socket.cork()
    // A write is refused when more is waiting than it should, counting what the system has taken at once.
    const isTaken = isLent ? socket.write(octets, this.#tellLeft) : socket.write(octets)
    this.#hasRoom = isTaken || socket.writableLength === 0
    this.#octetsSinceRead += octets.length
    if (isContinued) return undefined
    if (socket.writableCorked > 0) socket.uncork()
    const isReached = isLent ? this.#lookLeft : (): boolean => this.#hasRoom
    return isReached() ? undefined : this.#reach(isReached, { phase: 'send', timeoutMs })
  }

  /** Whether the socket holds nothing more of what was handed over. After a failure it holds nothing either. */
  readonly #lookLeft = (): boolean =>
    this.#failure === undefined && this.#socket.writableLength === 0

  /** A failure is told by itself. */
  readonly #tellLeft = (failure?: Error | null): void => {
    if (!failure) this.#wake()
  }

  receive(timeoutMs: number, spentMs: number = 0): Promise<Uint8Array | null> | Uint8Array {
    return this.#take() ?? this.#until(this.#lookReceived, { phase: 'receive', timeoutMs, spentMs })
  }

  /** Made once, because it is waited for more often than anything else. */
  readonly #lookReceived = (): Uint8Array | null | undefined => {
    return this.#take() ?? (this.#hasEnded ? null : undefined)
  }

  async arrival(forMs: number, interrupt: PromiseLike<unknown>): Promise<void> {
    let isOver = false
    const end = (): void => {
      isOver = true
      this.#wake()
    }
    const timer = startTimer(forMs, end)
    void interrupt.then(end, end)
    const isReached = (): boolean => isOver || this.#received.length > 0 || this.#hasEnded
    try {
      // The time is up by this timer; the deadline is none.
      await this.#reach(isReached, { phase: 'receive', timeoutMs: Infinity })
    } finally {
      clearTimeout(timer)
    }
  }

  poll({ isInPassing = false }: { readonly isInPassing?: boolean } = {}):
    Promise<Uint8Array | undefined> | Uint8Array | undefined {
    const octets = this.#take()
    if (octets !== undefined) return octets
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const isEnough = isInPassing && this.#octetsSinceRead < MAX_UNHEARD_OCTETS
    return isEnough ? undefined : this.#readSystem()
  }

  async #readSystem(): Promise<Uint8Array | undefined> {
    await systemRead()
    this.#octetsSinceRead = 0
    const octets = this.#take()
    if (octets === undefined && this.#failure !== undefined) throw this.#failure
    return octets
  }

  async startTls(timeoutMs: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    assert(this.#tls === undefined, 'a connection is encrypted once')
    if (this.#receivedOctets > 0 || this.#socket.readableLength > 0) {
      const { host, port } = this.#server
      this.close(new TlsFailed({ check: 'octets-before-tls', host, port }))
    } else {
      this.#encrypt()
    }
    await this.#reach(() => this.isEncrypted, { phase: 'tls', timeoutMs })
  }

  channelBinding(): ChannelBinding | undefined {
    if (this.#tls === undefined || !this.isEncrypted) return undefined
    return channelBindingOf(this.#tls, this.#server.channelBinding)
  }

  /**
   * From here on the other side is this server, which is reached through the one before.
   *
   * @param octets what was received of it already.
   */
  tunnelTo(server: MailServer, octets: Uint8Array): void {
    this.#server = server
    this.#tls = undefined
    this.#log = startLog(this.#options)
    if (octets.length > 0) this.#received.unshift(octets)
    this.#receivedOctets += octets.length
  }

  close(reason?: MailError): void {
    if (this.#closing.signal.aborted) return
    const closed = reason ?? new ConnectionLost(this.#name, { reason: 'this side has closed it' })
    this.#received = []
    this.#hasEnded = false
    const canPart = this.#state === 'open' && this.#failure === undefined
    if (reason === undefined && canPart) this.#sayFarewell()
    else this.#socket.destroy()
    this.#settle(closed)
    this.#closing.abort(closed)
    this.#log?.end()
  }

  get #name(): string {
    return `the connection to ${this.#address}`
  }

  get #address(): string {
    return `${this.#server.host}:${this.#server.port}`
  }

  #giveUp(phase: DeadlinePhase, timeoutMs: number): void {
    this.close(new DeadlineExceeded(phase, timeoutMs, this.#address))
  }

  /** Follows what ends the connection from outside of it. Returns what undoes that. */
  #watch(options: ConnectionOptions): () => void {
    const { signal, totalTimeoutMs } = options
    const abort = (): void => this.close(new Aborted(signal?.reason))
    signal?.addEventListener('abort', abort)
    const timer =
      totalTimeoutMs === undefined
        ? undefined
        : startTimer(totalTimeoutMs, () => this.#giveUp('total', totalTimeoutMs))
    return () => {
      signal?.removeEventListener('abort', abort)
      clearTimeout(timer)
    }
  }

  /** Listens to a socket for as long as it is the one in use: TLS takes the handle of a plain socket over. */
  #attach(socket: net.Socket): void {
    const on = (event: string, change: (fact: unknown) => void): void => {
      socket.on(event, (fact: unknown) => {
        if (socket !== this.#socket) return
        change(fact)
        this.#wake()
      })
    }
    if (socket instanceof tls.TLSSocket) on('secureConnect', () => this.#endHandshake(socket))
    else {
      on('connect', () => {
        this.#state = 'open'
      })
    }
    on('data', (octets) => {
      if (octets instanceof Uint8Array) this.#keep(octets)
    })
    on('end', () => {
      this.#hasEnded = this.#failure === undefined
      this.#ending.abort(this.#failure ?? new ConnectionLost(this.#name))
    })
    on('drain', () => {
      this.#hasRoom = true
    })
    on('error', (error) => this.#settle(this.#explain(error)))
    on('close', () => this.#settle(new ConnectionLost(this.#name)))
  }

  #take(): Uint8Array | undefined {
    if (this.#received.length === 0) return undefined
    const octets = concatOctets(this.#received)
    this.#received = []
    this.#receivedOctets = 0
    this.#socket.resume()
    return octets
  }

  #keep(octets: Uint8Array): void {
    if (this.#failure !== undefined) return
    this.#received.push(octets)
    this.#receivedOctets += octets.length
    if (this.#receivedOctets >= READ_AHEAD_OCTETS) this.#socket.pause()
  }

  #encrypt(): void {
    const { host, servername = host, ca } = this.#server
    this.#state = 'handshaking'
    const encrypted = tls.connect({
      socket: this.#socket,
      // The name that the certificate is compared with. As a server name indication an address is not allowed (RFC 6066 §3).
      host: servername,
      ...(net.isIP(servername) === 0 ? { servername } : {}),
      ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
      ...clientCertificateOf(this.#server),
      minVersion: 'TLSv1.2',
      // Said in so many words, because NODE_TLS_REJECT_UNAUTHORIZED=0 turns off what is only a default.
      rejectUnauthorized: true,
    })
    this.#tls = encrypted
    this.#socket = encrypted
    this.#attach(encrypted)
  }

  /** The certificate is in order. If it must also be a certain one, this is looked at before anything is said. */
  #endHandshake(socket: tls.TLSSocket): void {
    const { host, port, pins } = this.#server
    const certificate = pins === undefined ? undefined : socket.getPeerX509Certificate()
    const pin = certificate === undefined ? undefined : pinOf(certificate)
    if (pins === undefined || (pin !== undefined && pins.includes(pin))) this.#state = 'open'
    else this.close(new TlsFailed({ check: 'pin', host, port, seenPin: pin }))
  }

  /** Waits for what `look` gives. At the deadline the connection ends, because nobody knows any more what is owed. */
  #until<Found>(look: () => Found | undefined, deadline: Deadline): Promise<Found> {
    const found = look()
    if (found !== undefined) return Promise.resolve(found)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return this.#operation.until(look, deadline)
  }

  /** Waits for a state. */
  async #reach(isReached: () => boolean, deadline: Deadline): Promise<void> {
    await this.#until(() => isReached() || undefined, deadline)
  }

  /** Lets the pending operation look at the state again. */
  #wake(): void {
    if (this.#operation.lookAgain(this.#failure)) this.#octetsSinceRead = 0
  }

  #explain(error: unknown): MailError {
    const { host, port } = this.#server
    const systemCode = codeOf(error) ?? 'unknown'
    if (this.#state === 'connecting') {
      return new ConnectionFailed({ host, port, systemCode, cause: error })
    }
    // A client certificate that is missing is complained about only after a handshake of TLS 1.3.
    if (this.#state === 'handshaking' || isAboutClientCertificate(systemCode)) {
      return handshakeFailure(error, this.#server)
    }
    return new ConnectionLost(this.#name, { reason: systemCode, cause: error })
  }

  /** The first failure stays. Node.js destroys a socket by itself after an error or when both sides have ended. */
  #settle(failure: MailError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#release()
    this.#wake()
    this.#operation.end()
    this.#ending.abort(failure)
  }

  #sayFarewell(): void {
    const socket = this.#socket
    // Not socket.setTimeout: that one counts idle time, and a peer that keeps sending is never idle.
    const timer = startTimer(FAREWELL_MS, () => socket.destroy())
    socket.once('close', () => clearTimeout(timer))
    socket.resume()
    socket.destroySoon()
  }
}

function startLog({ log }: ConnectionOptions): ProtocolLogger | undefined {
  return log === undefined ? undefined : new ProtocolLogger(log)
}

/** Resolves when what the system had received by now has been read: two turns of the event loop, because the first may be in its second half. */
async function systemRead(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}
