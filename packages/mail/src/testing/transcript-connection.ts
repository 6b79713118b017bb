import { AssertionError } from 'node:assert'
import type { MailError } from '../base/mail-error.ts'
import { equalOctets, textOf } from '../base/octets.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { Connection } from '../net/connection.ts'
import { TlsFailed } from '../net/errors.ts'
import { ConnectionLost } from '../wire/errors.ts'
import { parseTranscript } from './transcript.ts'
import type { TranscriptStep } from './transcript.ts'

export interface TranscriptOptions {
  /** The conversation begins on an encrypted connection. */
  readonly isEncrypted?: boolean
  /** The sizes of the pieces in which the server's octets arrive, over and over: `[1]` is every octet by itself. By default, turns. */
  readonly cut?: readonly number[]
}

/**
 * A connection to a server that knows one conversation by heart. It insists on every octet of the client and on the order of the turns:
 * a client that sends before it has heard what the transcript puts before it, or waits where it should speak, is wrong.
 *
 * What is wrong is thrown as an `AssertionError` where it happens, and again by {@link assertFinished}, so that an engine that
 * catches errors can't hide it.
 */
export class TranscriptConnection implements Connection {
  readonly #steps: readonly TranscriptStep[]
  readonly #cut: readonly number[]
  readonly #closing = new AbortController()
  #isEncrypted: boolean
  /** The step that is next or under way, and how many of its octets are done with. */
  #at = 0
  #done = 0
  #pieces = 0
  #mismatch: AssertionError | undefined

  constructor(transcript: string | readonly TranscriptStep[], options: TranscriptOptions = {}) {
    this.#steps = typeof transcript === 'string' ? parseTranscript(transcript) : transcript
    this.#cut = options.cut ?? []
    this.#isEncrypted = options.isEncrypted ?? false
  }

  get isEncrypted(): boolean {
    return this.#isEncrypted
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** The server of a transcript hangs up when it is asked for more than it has to say, and not before. */
  get ended(): AbortSignal {
    return this.#closing.signal
  }

  async send(octets: Uint8Array): Promise<void> {
    this.#closing.signal.throwIfAborted()
    for (let rest = octets; rest.length > 0;) {
      const step = this.#steps[this.#at]
      if (step === undefined) throw new ConnectionLost('sending to the server of the transcript')
      if (step.kind !== 'client') throw this.#wrong(`sent "${shown(rest)}" out of turn`)
      const expected = step.octets.subarray(this.#done, this.#done + rest.length)
      const sent = rest.subarray(0, expected.length)
      if (!equalOctets(sent, expected)) throw this.#wrong(`sent "${shown(rest)}"`)
      this.#advance(step, sent.length)
      rest = rest.subarray(sent.length)
    }
  }

  async receive(): Promise<Uint8Array | null> {
    this.#closing.signal.throwIfAborted()
    const step = this.#steps[this.#at]
    if (step === undefined) return null
    if (step.kind !== 'server') throw this.#wrong('waits for an answer')
    const size = this.#cut[this.#pieces++ % this.#cut.length] ?? step.octets.length
    const piece = step.octets.slice(this.#done, this.#done + Math.max(1, size))
    this.#advance(step, piece.length)
    return piece
  }

  /** A transcript has no time: what the server says next is there at once, and where the client is to speak the waiting is over. */
  async arrival(): Promise<void> {
    this.#closing.signal.throwIfAborted()
  }

  /** What the server says before the client's next turn has arrived before it. */
  async poll(): Promise<Uint8Array | undefined> {
    this.#closing.signal.throwIfAborted()
    const step = this.#steps[this.#at]
    if (step?.kind !== 'server') return undefined
    const rest = step.octets.slice(this.#done)
    this.#advance(step, rest.length)
    return rest
  }

  /** A transcript has no TLS of its own that anything could be bound to. */
  channelBinding(): undefined {
    return undefined
  }

  async startTls(): Promise<void> {
    this.#closing.signal.throwIfAborted()
    const step = this.#steps[this.#at]
    if (step === undefined) throw new ConnectionLost('the TLS handshake of the transcript')
    if (step.kind === 'server' && this.#steps[this.#at + 1]?.kind === 'tls') {
      throw new TlsFailed({ check: 'octets-before-tls', host: 'transcript', port: 0 })
    }
    if (step.kind !== 'tls') throw this.#wrong('starts TLS')
    this.#isEncrypted = true
    this.#at++
  }

  close(reason?: MailError): void {
    this.#closing.abort(
      reason ?? new ConnectionLost('the conversation', { reason: 'this side has closed it' }),
    )
  }

  /** @throws AssertionError when something was wrong so far. */
  assertNoMismatch(): void {
    if (this.#mismatch !== undefined) throw this.#mismatch
  }

  /** @throws AssertionError when something was wrong, or the conversation did not come to its end. */
  assertFinished(): void {
    this.assertNoMismatch()
    if (this.#at < this.#steps.length) throw this.#wrong('stopped')
  }

  /** For a client that failed: the failure becomes the cause of what {@link assertFinished} has to say. */
  assertFinishedAfter(error: unknown): void {
    if (this.#mismatch === undefined && this.#at < this.#steps.length) {
      this.#wrong(`gave up (${String(error)})`).cause = error
    }
    this.assertFinished()
  }

  #advance(step: { readonly octets: Uint8Array }, count: number): void {
    this.#done += count
    if (this.#done < step.octets.length) return
    this.#at++
    this.#done = 0
  }

  #wrong(what: string): AssertionError {
    const step = this.#steps[this.#at]
    const place = `the client ${what} at turn ${this.#at + 1} of ${this.#steps.length}`
    this.#mismatch ??= new AssertionError({
      message: `${place}, where the transcript has ${describe(step, this.#done)}`,
    })
    return this.#mismatch
  }
}

function describe(step: TranscriptStep | undefined, done: number): string {
  if (step === undefined) return 'its end'
  if (step.kind === 'tls') return 'the beginning of TLS'
  return `${step.kind === 'client' ? 'C' : 'S'}: "${shown(step.octets.subarray(done))}"`
}

function shown(octets: Uint8Array): string {
  return escapePeerWords(textOf(octets))
}
