import { AssertionError } from 'node:assert'
import { concatOctets, octetsOf, textOf } from '../../src/base/octets.ts'
import type { Connection } from '../../src/net/connection.ts'
import { DotUnstuffer } from '../../src/wire/dot-stuffing.ts'
import { ConnectionLost } from '../../src/wire/errors.ts'

export interface ScriptedServerOptions {
  readonly extensions: readonly string[]
  readonly isLmtp?: boolean
  /** Says 354 to DATA although nobody was accepted. */
  readonly asksForNothing?: boolean
  /** The line breaks when so many octets of the client have come. */
  readonly breaksAfter?: number
  /** Of the replies that were under way when the line broke, so many arrive. */
  readonly lastReplies?: number
  /** Whether replies that have come are seen by `poll`. */
  readonly isPolled?: boolean
}

/** A letter that the server has taken over, for one recipient. */
export interface Delivery {
  readonly recipient: string
  readonly content: string
}

/**
 * A mail server that finds what to answer in the addresses: to `MAIL FROM:<m451@x.org>` it says 451, to `RCPT TO:<r550@x.org>` 550. The reverse-path has
 * three numbers: what MAIL, the go-ahead and the content are answered with, `m250.354.451`. It is as strict as a server may be: MAIL in an open
 * transaction is refused, and one that has failed stays open until RSET. It answers at once and says everything at the next `receive`; a
 * client that waits although nothing is owed fails the test.
 */
export class ScriptedServer implements Connection {
  readonly isEncrypted = true
  readonly deliveries: Delivery[] = []
  /** How often the client has waited, which is a round trip each time. */
  roundTrips = 0
  /** How many octets the client has sent. */
  octets = 0
  readonly #options: ScriptedServerOptions
  readonly #closing = new AbortController()
  readonly #replies: string[] = ['220 scripted']
  #unread: Uint8Array = new Uint8Array(0)
  #state: 'commands' | 'content' | 'closed' = 'commands'
  #chunk: { readonly octets: number; readonly isLast: boolean } | undefined
  #mail: readonly [go: number, end: number] | undefined
  #recipients: string[] = []
  #chunks: Uint8Array[] = []
  #unstuffer = new DotUnstuffer()

  constructor(options: ScriptedServerOptions) {
    this.#options = options
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  get ended(): AbortSignal {
    return this.#closing.signal
  }

  channelBinding(): undefined {
    return undefined
  }

  async startTls(): Promise<void> {
    throw new AssertionError({ message: 'the connection is encrypted' })
  }

  async send(octets: Uint8Array): Promise<void> {
    this.#closing.signal.throwIfAborted()
    const { breaksAfter = Infinity, lastReplies = Infinity } = this.#options
    const room = breaksAfter - this.octets
    this.octets += octets.length
    const isBroken = octets.length > room
    if (this.#state !== 'closed') {
      this.#unread = concatOctets([this.#unread, octets.subarray(0, Math.max(0, room))])
      this.#read()
    }
    if (!isBroken) return
    this.#state = 'closed'
    if (room >= 0) this.#replies.splice(lastReplies)
    throw new ConnectionLost('sending')
  }

  async receive(): Promise<Uint8Array | null> {
    this.#closing.signal.throwIfAborted()
    this.roundTrips++
    const octets = this.#takeReplies()
    if (octets !== undefined) return octets
    if (this.#state === 'closed') return null
    const isAtBreak = this.octets >= (this.#options.breaksAfter ?? Infinity)
    if (isAtBreak) return null
    throw new AssertionError({ message: 'the client waits although no reply is owed' })
  }

  async arrival(): Promise<void> {
    this.#closing.signal.throwIfAborted()
  }

  async poll(): Promise<Uint8Array | undefined> {
    this.#closing.signal.throwIfAborted()
    return this.#options.isPolled === true ? this.#takeReplies() : undefined
  }

  close(): void {
    this.#closing.abort(new ConnectionLost('the conversation', { reason: 'closed' }))
  }

  #takeReplies(): Uint8Array | undefined {
    if (this.#replies.length === 0) return undefined
    return octetsOf(
      this.#replies
        .splice(0)
        .map((line) => `${line}\r\n`)
        .join(''),
    )
  }

  #read(): void {
    while (this.#unread.length > 0 && this.#state !== 'closed') {
      const hasMoved =
        this.#chunk !== undefined
          ? this.#readChunk(this.#chunk)
          : this.#state === 'content'
            ? this.#readContent()
            : this.#readCommand()
      if (!hasMoved) return
    }
  }

  #readCommand(): boolean {
    const end = this.#unread.indexOf(0x0a)
    if (end === -1) return false
    const line = textOf(this.#unread.subarray(0, end - 1))
    this.#unread = this.#unread.subarray(end + 1)
    this.#execute(line)
    return true
  }

  #execute(line: string): void {
    const [verb = ''] = line.split(/[ :]/)
    const codes = [...line.matchAll(/\d{3}/g)].map(Number)
    switch (verb) {
      case 'EHLO':
      case 'LHLO': {
        const lines = ['scripted', ...this.#options.extensions]
        this.#replies.push(
          ...lines.map((word, at) => `250${at + 1 < lines.length ? '-' : ' '}${word}`),
        )
        return
      }
      case 'RSET':
        this.#forget()
        return this.#say(250)
      case 'MAIL': {
        if (this.#mail !== undefined) return this.#say(503)
        const [mail = 250, go = 354, end = 250] = codes
        if (mail === 250) this.#mail = [go, end]
        return this.#say(mail)
      }
      case 'RCPT': {
        if (this.#mail === undefined) return this.#say(503)
        const [code = 250] = codes
        if (code === 250) this.#recipients.push(/<(.*)>/.exec(line)?.[1] ?? '')
        return this.#say(code)
      }
      case 'DATA':
        return this.#beginContent()
      case 'BDAT': {
        const [, count, last] = line.split(' ')
        this.#chunk = { octets: Number(count), isLast: last === 'LAST' }
        if (count === '0') this.#endChunk(this.#chunk)
        return
      }
      default:
        return this.#say(500)
    }
  }

  #beginContent(): void {
    const code = this.#mail?.[0] ?? 503
    if (this.#recipients.length === 0 && this.#options.asksForNothing !== true)
      return this.#say(503)
    this.#say(this.#mail === undefined ? 503 : code)
    if (code !== 354 || this.#mail === undefined) return
    this.#state = 'content'
    this.#unstuffer = new DotUnstuffer()
  }

  #readContent(): boolean {
    this.#chunks.push(this.#unstuffer.push(this.#unread).slice())
    this.#unread = this.#unstuffer.isDone ? this.#unstuffer.rest : new Uint8Array(0)
    if (!this.#unstuffer.isDone) return true
    this.#state = 'commands'
    this.#endLetter()
    // RFC 5321 §4.1.1.4: whatever the reply, the buffers are cleared.
    this.#forget()
    return true
  }

  #readChunk(chunk: { readonly octets: number; readonly isLast: boolean }): boolean {
    if (this.#unread.length < chunk.octets) return false
    this.#chunks.push(this.#unread.slice(0, chunk.octets))
    this.#unread = this.#unread.subarray(chunk.octets)
    this.#endChunk(chunk)
    return true
  }

  #endChunk({ isLast }: { readonly isLast: boolean }): void {
    this.#chunk = undefined
    if (this.#mail === undefined || this.#recipients.length === 0) return this.#say(503)
    // A go-ahead that is none refuses the first piece of the content here.
    const [go, end] = this.#mail
    if (go !== 354) {
      const isForEach = isLast && go !== 503 && this.#options.isLmtp === true
      for (const _ of isForEach ? this.#recipients : [0]) this.#say(go)
      // What is said to the pieces after it says nothing.
      this.#mail = [503, 503]
      return
    }
    if (!isLast) return this.#say(250)
    this.#endLetter()
    if (end === 250) this.#forget()
  }

  #endLetter(): void {
    const end = this.#mail?.[1] ?? 503
    const content = textOf(concatOctets(this.#chunks))
    if (this.#recipients.length === 0) return this.#say(554)
    for (const [index, recipient] of this.#recipients.entries()) {
      // With LMTP every other recipient is answered 452 where the first is accepted.
      const code = this.#options.isLmtp === true && index % 2 === 1 ? 452 : end
      if (code === 250) this.deliveries.push({ recipient, content })
      if (index === 0 || this.#options.isLmtp === true) this.#say(code)
      if (this.#state === 'closed') return
    }
  }

  #forget(): void {
    this.#mail = undefined
    this.#recipients = []
    this.#chunks = []
  }

  #say(code: number): void {
    this.#replies.push(`${code} scripted`)
    if (code === 421) this.#state = 'closed'
  }
}
