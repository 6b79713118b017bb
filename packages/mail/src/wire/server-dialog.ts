import { assert } from '../base/assert.ts'
import { octetsOf } from '../base/octets.ts'

/** A client that is wrong this often does not speak the protocol. */
const ERRORS_MAX = 20

/** What every server session wants done, whatever the protocol. */
export type ServerDialogEvent =
  | { readonly kind: 'send'; readonly octets: Uint8Array }
  /** Encrypt the connection now, then call {@link ServerDialog.encryptionStarted}. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'close' }

export interface ServerDialogOptions {
  /** Whether the connection is encrypted from its first octet. */
  readonly isEncrypted: boolean
  /** Whether the command that starts TLS is offered while the connection is not encrypted. */
  readonly offersStartTls: boolean
  /** Whether logging in is offered although the connection is not encrypted. */
  readonly allowsClearTextLogin: boolean
}

type Continuation = (reply: string | undefined) => void

/**
 * The server's side of a dialog: octets in, events out, no I/O.
 *
 * What the session can't know is a *question*: an event after which it reads nothing more until {@link ServerDialog.answer} is called.
 * `answer()` means "go on as usual", `answer('words')` says that instead.
 */
export abstract class ServerDialog<Own> {
  readonly #options: ServerDialogOptions
  #events: (ServerDialogEvent | Own)[] = []
  #question: Continuation | undefined
  #isEncrypted: boolean
  #awaitsEncryption = false
  #isClosed = false
  #errorCount = 0

  constructor(options: ServerDialogOptions) {
    this.#options = options
    this.#isEncrypted = options.isEncrypted
  }

  /** The greeting; call it once, first. */
  start(): (ServerDialogEvent | Own)[] {
    this.greet()
    return this.#takeEvents()
  }

  /** Takes what the client sent. Octets that come while a question is open are kept for after its answer. */
  receive(octets: Uint8Array): (ServerDialogEvent | Own)[] {
    if (!this.#isClosed) this.push(octets)
    return this.advance()
  }

  /** Answers the open question: nothing to go on as usual, or what to say instead. */
  answer(reply?: string): (ServerDialogEvent | Own)[] {
    this.takeQuestion()(reply)
    return this.advance()
  }

  /** The connection is encrypted now: everything that was said before is forgotten. */
  encryptionStarted(): (ServerDialogEvent | Own)[] {
    assert(this.#awaitsEncryption, 'encryption starts when the session has asked for it')
    this.#awaitsEncryption = false
    this.#isEncrypted = true
    this.forget()
    return this.advance()
  }

  protected abstract greet(): void
  /** Keeps what the client sent. */
  protected abstract push(octets: Uint8Array): void
  /** Reads what comes next; `false` says that it has not come whole. */
  protected abstract readNext(): boolean
  /** Forgets what was said before TLS: anybody may have said it. */
  protected abstract forget(): void
  /** What a client hears that is wrong too often. */
  protected abstract readonly lastWords: string

  protected get isEncrypted(): boolean {
    return this.#isEncrypted
  }

  protected get offersStartTls(): boolean {
    return this.#options.offersStartTls && !this.#isEncrypted
  }

  protected get offersLogin(): boolean {
    return this.#isEncrypted || this.#options.allowsClearTextLogin
  }

  protected advance(): (ServerDialogEvent | Own)[] {
    while (!this.#isClosed && !this.#awaitsEncryption && this.#question === undefined) {
      if (!this.readNext()) break
    }
    return this.#takeEvents()
  }

  protected emit(event: Own): void {
    this.#events.push(event)
  }

  /** Asks, and goes on with `proceed` when it is answered. */
  protected ask(event: Own, proceed: Continuation): void {
    this.#question = proceed
    this.#events.push(event)
  }

  /** The open question is answered. */
  protected takeQuestion(): Continuation {
    const question = this.#question
    assert(question !== undefined, 'an answer needs a question')
    this.#question = undefined
    return question
  }

  protected awaitEncryption(): void {
    this.#awaitsEncryption = true
    this.#events.push({ kind: 'startTls' })
  }

  protected say(...lines: readonly string[]): void {
    const octets = octetsOf(lines.map((line) => `${line}\r\n`).join(''))
    this.#events.push({ kind: 'send', octets })
  }

  /** Says that the client did something wrong, and loses patience in the end. */
  protected refuse(reply: string): void {
    this.#errorCount++
    if (this.#errorCount > ERRORS_MAX) return this.close(this.lastWords)
    this.say(reply)
  }

  protected close(...lines: readonly string[]): void {
    this.say(...lines)
    this.#isClosed = true
    this.#events.push({ kind: 'close' })
  }

  #takeEvents(): (ServerDialogEvent | Own)[] {
    const events = this.#events
    this.#events = []
    return events
  }
}
