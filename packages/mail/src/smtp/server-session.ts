/**
 * The server's side of SMTP, for tests, demos and loopback: octets in, events out, no I/O.
 *
 *     connected ──EHLO/HELO──► greeted ──MAIL──► transaction ──RCPT…──DATA──► content ──CRLF.CRLF──► greeted
 *         ▲                       │ ▲ ▲               │ RSET, EHLO                                (question: letter)
 *         │      STARTTLS         │ │ └───────────────┘
 *         └───(encryptionStarted)─┘ └── AUTH (question: login)
 *
 * What the session can't know is a *question*: an event after which it reads nothing more until {@link
 * SmtpServerSession.answer} is called. `answer()` means "go on as usual", `answer('450 4.2.0 words')` says that
 * instead. Every command is a question first, so that a test can break the dialog wherever it likes.
 */

import { assert } from '../base/assert.ts'
import { octetsOf } from '../base/octets.ts'
import type { Secret } from '../base/secret.ts'
import { SERVER_MECHANISMS, ServerExchange, type ServerStep } from '../sasl/server-exchange.ts'
import { CommandLines } from '../wire/command-lines.ts'
import { ContentCollector } from './content-collector.ts'
import {
  isClientName,
  parseCommandLine,
  parseMail,
  parseRcpt,
  TOO_LARGE_REPLY,
  type CommandLine,
  type MailArgument,
} from './server-command.ts'

/** RFC 4954 §4: the longest line a client may send, an AUTH response. */
const LINE_OCTETS_MAX = 12_288
/** RFC 5321 §4.5.3.1.8: the least that a server must take. */
const RECIPIENTS_MAX = 100
/** A client that is wrong this often is not talking SMTP. */
const ERRORS_MAX = 20

export interface SmtpServerOptions {
  /** The name the server greets with. */
  readonly hostName: string
  /** The largest letter, in octets; announced with SIZE (RFC 1870) and enforced. */
  readonly sizeLimitOctets: number
  /** Whether the connection is encrypted from its first octet. */
  readonly isEncrypted: boolean
  /** Whether STARTTLS is offered while the connection is not encrypted. */
  readonly offersStartTls: boolean
  /** Whether AUTH is offered although the connection is not encrypted. */
  readonly allowsClearTextLogin: boolean
  /** Whether MAIL needs a login first. */
  readonly requiresLogin: boolean
}

/** A letter that has arrived whole. */
export interface SmtpServerLetter {
  /** Without angle brackets; empty for the null reverse-path. */
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** Dot-stuffing removed, otherwise as it came. */
  readonly octets: Uint8Array
  /** What the client called itself in EHLO or HELO. */
  readonly clientName: string
  /** For the Received field (RFC 3848, RFC 6531 §4.3): `ESMTPSA`, `UTF8SMTPS` … */
  readonly protocol: string
}

export type SmtpServerEvent =
  | { readonly kind: 'send'; readonly octets: Uint8Array }
  /** Encrypt the connection now, then call {@link SmtpServerSession.encryptionStarted}. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'close' }
  /** Question: execute this command? */
  | { readonly kind: 'command'; readonly line: string }
  /** Question: are these credentials right? */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret }
  /** Question: may there be a letter for this mailbox? */
  | { readonly kind: 'recipient'; readonly forwardPath: string; readonly declaredOctets: number }
  /** Question: is the letter accepted? */
  | { readonly kind: 'letter'; readonly letter: SmtpServerLetter }

interface Transaction {
  readonly mail: MailArgument
  readonly forwardPaths: string[]
}

type Continuation<Value> = (value: Value) => void

export class SmtpServerSession {
  readonly #options: SmtpServerOptions
  readonly #lines = new CommandLines(LINE_OCTETS_MAX)
  #events: SmtpServerEvent[] = []
  #isEncrypted: boolean
  #isExtended = false
  #isClosed = false
  #clientName: string | undefined
  #user: string | undefined
  #transaction: Transaction | undefined
  #content: ContentCollector | undefined
  #question: Continuation<string | undefined> | undefined
  #authentication: Continuation<string> | undefined
  #awaitsEncryption = false
  #errorCount = 0

  constructor(options: SmtpServerOptions) {
    this.#options = options
    this.#isEncrypted = options.isEncrypted
  }

  /** The greeting; call it once, first. */
  start(): SmtpServerEvent[] {
    this.#say(`220 ${this.#options.hostName} ESMTP`)
    return this.#takeEvents()
  }

  /** Takes what the client sent. Octets that come while a question is open are kept for after its answer. */
  receive(octets: Uint8Array): SmtpServerEvent[] {
    if (!this.#isClosed) this.#lines.push(octets)
    return this.#advance()
  }

  /** Answers the open question: nothing to go on as usual, or what to say instead. */
  answer(reply?: string): SmtpServerEvent[] {
    const question = this.#question
    if (question === undefined) throw new TypeError('the SMTP session has asked nothing')
    this.#question = undefined
    question(reply)
    return this.#advance()
  }

  /** The connection is encrypted now: everything that was said before is forgotten (RFC 3207 §4.2). */
  encryptionStarted(): SmtpServerEvent[] {
    if (!this.#awaitsEncryption) throw new TypeError('the SMTP session has not asked for TLS')
    this.#awaitsEncryption = false
    this.#isEncrypted = true
    this.#isExtended = false
    this.#clientName = undefined
    this.#user = undefined
    this.#transaction = undefined
    return this.#advance()
  }

  #advance(): SmtpServerEvent[] {
    while (!this.#isClosed && !this.#awaitsEncryption && this.#question === undefined) {
      const hasMoved =
        this.#content === undefined ? this.#readLine() : this.#readContent(this.#content)
      if (!hasMoved) break
    }
    return this.#takeEvents()
  }

  #takeEvents(): SmtpServerEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  #readLine(): boolean {
    const line = this.#lines.take()
    switch (line.kind) {
      case 'none':
        return false
      case 'malformed':
        this.#refuse('500 5.5.2 a command is one line of text')
        return true
      case 'too-long':
        this.#close('500 5.5.6 line too long')
        return true
      case 'text':
        this.#readText(line.text)
        return true
    }
  }

  #readText(text: string): void {
    const authentication = this.#authentication
    if (authentication !== undefined) {
      this.#authentication = undefined
      authentication(text)
      return
    }
    this.#ask({ kind: 'command', line: text }, () => this.#execute(parseCommandLine(text)))
  }

  #readContent(content: ContentCollector): boolean {
    const octets = this.#lines.takeOctets()
    if (octets.length === 0) return false
    const rest = content.push(octets)
    if (rest === undefined) return true
    this.#lines.push(rest)
    this.#content = undefined
    this.#endContent(content)
    return true
  }

  #endContent(content: ContentCollector): void {
    const transaction = this.#transaction
    this.#transaction = undefined
    const octets = content.take()
    assert(transaction !== undefined, 'content belongs to a transaction')
    if (octets === undefined) return this.#refuse(TOO_LARGE_REPLY)
    const { mail, forwardPaths } = transaction
    const clientName = this.#clientName ?? ''
    const protocol = this.#protocol(mail)
    const letter = { reversePath: mail.reversePath, forwardPaths, octets, clientName, protocol }
    this.#ask({ kind: 'letter', letter }, () => this.#say('250 2.0.0 letter accepted'))
  }

  #protocol(mail: MailArgument): string {
    if (!this.#isExtended) return 'SMTP'
    const base = mail.isInternational ? 'UTF8SMTP' : 'ESMTP'
    const security = `${this.#isEncrypted ? 'S' : ''}${this.#user === undefined ? '' : 'A'}`
    return `${base}${security}`
  }

  #execute({ verb, argument }: CommandLine): void {
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.#greet(verb, argument)
      case 'STARTTLS':
        return this.#startTls(argument)
      case 'AUTH':
        return this.#authenticate(argument)
      case 'MAIL':
        return this.#mail(argument)
      case 'RCPT':
        return this.#recipient(argument)
      case 'DATA':
        return this.#data(argument)
      case 'RSET':
        this.#transaction = undefined
        return this.#say('250 2.0.0 transaction forgotten')
      case 'NOOP':
        return this.#say('250 2.0.0 done nothing')
      case 'VRFY':
        return this.#say('252 2.1.5 send a letter and see')
      case 'QUIT':
        return this.#close(`221 2.0.0 ${this.#options.hostName} closes the connection`)
      default:
        return this.#refuse('500 5.5.1 unknown command')
    }
  }

  #greet(verb: 'EHLO' | 'HELO', argument: string): void {
    if (!isClientName(argument))
      return this.#refuse('501 5.5.4 expected a domain or address literal')
    this.#clientName = argument
    this.#isExtended = verb === 'EHLO'
    this.#transaction = undefined
    const words = [`${this.#options.hostName} greets ${argument}`]
    if (verb === 'EHLO') words.push(...this.#extensions())
    const last = words.length - 1
    this.#say(...words.map((word, index) => `250${index === last ? ' ' : '-'}${word}`))
  }

  #extensions(): string[] {
    const extensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES']
    extensions.push(`SIZE ${this.#options.sizeLimitOctets}`)
    if (this.#offersStartTls) extensions.push('STARTTLS')
    if (this.#offersLogin) extensions.push(`AUTH ${SERVER_MECHANISMS.join(' ')}`)
    return extensions
  }

  get #offersStartTls(): boolean {
    return this.#options.offersStartTls && !this.#isEncrypted
  }

  get #offersLogin(): boolean {
    return this.#isEncrypted || this.#options.allowsClearTextLogin
  }

  #startTls(argument: string): void {
    if (argument !== '') return this.#refuse('501 5.5.4 STARTTLS takes no argument')
    if (!this.#offersStartTls) return this.#refuse('502 5.5.1 STARTTLS is not offered')
    // A client may not go on talking before TLS. Whoever does is somebody in the middle (CVE-2011-0411).
    if (!this.#lines.isEmpty)
      return this.#close('554 5.5.1 commands after STARTTLS were sent before TLS')
    this.#say('220 2.0.0 start TLS now')
    this.#awaitsEncryption = true
    this.#events.push({ kind: 'startTls' })
  }

  #authenticate(argument: string): void {
    if (!this.#isExtended) return this.#refuse('503 5.5.1 EHLO comes first')
    if (!this.#offersLogin) return this.#refuse('538 5.7.11 encryption is required to log in')
    if (this.#user !== undefined) return this.#refuse('503 5.5.1 already logged in')
    if (this.#transaction !== undefined) return this.#refuse('503 5.5.1 a transaction is open')
    const [name = '', response, ...rest] = argument.split(' ')
    const mechanism = SERVER_MECHANISMS.find((known) => known === name.toUpperCase())
    if (mechanism === undefined) return this.#refuse('504 5.5.4 unknown mechanism')
    if (rest.length > 0) return this.#refuse('501 5.5.4 expected one initial response')
    const exchange = new ServerExchange(mechanism)
    this.#continueExchange(exchange, exchange.start(response))
  }

  #continueExchange(exchange: ServerExchange, step: ServerStep): void {
    switch (step.kind) {
      case 'challenge':
        this.#authentication = (line) => this.#continueExchange(exchange, exchange.next(line))
        return this.#say(`334 ${step.text}`)
      case 'cancelled':
        return this.#refuse('501 5.7.0 authentication cancelled')
      case 'malformed':
        return this.#refuse('501 5.5.2 malformed response')
      case 'login':
        return this.#ask(step, () => {
          this.#user = step.user
          this.#say('235 2.7.0 logged in')
        })
    }
  }

  #mail(argument: string): void {
    if (this.#clientName === undefined) return this.#refuse('503 5.5.1 EHLO comes first')
    if (this.#transaction !== undefined) return this.#refuse('503 5.5.1 a transaction is open')
    if (this.#options.requiresLogin && this.#user === undefined) {
      return this.#refuse('530 5.7.0 authentication required')
    }
    const { sizeLimitOctets } = this.#options
    const mail = parseMail(argument, { isExtended: this.#isExtended, sizeLimitOctets })
    if (mail.kind === 'refused') return this.#refuse(mail.reply)
    this.#transaction = { mail: mail.argument, forwardPaths: [] }
    this.#say('250 2.1.0 sender accepted')
  }

  #recipient(argument: string): void {
    const transaction = this.#transaction
    if (transaction === undefined) return this.#refuse('503 5.5.1 MAIL comes first')
    const { mail, forwardPaths } = transaction
    const rcpt = parseRcpt(argument, mail)
    if (rcpt.kind === 'refused') return this.#refuse(rcpt.reply)
    if (forwardPaths.length >= RECIPIENTS_MAX) return this.#say('452 4.5.3 too many recipients')
    const { declaredOctets } = mail
    this.#ask({ kind: 'recipient', forwardPath: rcpt.argument, declaredOctets }, () => {
      forwardPaths.push(rcpt.argument)
      this.#say('250 2.1.5 recipient accepted')
    })
  }

  #data(argument: string): void {
    if (argument !== '') return this.#refuse('501 5.5.4 DATA takes no argument')
    if (this.#transaction === undefined) return this.#refuse('503 5.5.1 MAIL comes first')
    if (this.#transaction.forwardPaths.length === 0)
      return this.#refuse('554 5.5.1 no valid recipients')
    this.#content = new ContentCollector(this.#options.sizeLimitOctets)
    this.#say('354 end with a line that holds a dot alone')
  }

  /** Asks, and goes on with `proceed` unless the answer says something else. */
  #ask(event: SmtpServerEvent, proceed: () => void): void {
    this.#question = (reply) => (reply === undefined ? proceed() : this.#say(reply))
    this.#events.push(event)
  }

  #say(...lines: readonly string[]): void {
    const octets = octetsOf(lines.map((line) => `${line}\r\n`).join(''))
    this.#events.push({ kind: 'send', octets })
  }

  /** Says that the client did something wrong, and loses patience in the end. */
  #refuse(reply: string): void {
    this.#errorCount++
    if (this.#errorCount > ERRORS_MAX) return this.#close('421 4.7.0 too many errors')
    this.#say(reply)
  }

  #close(reply: string): void {
    this.#say(reply)
    this.#isClosed = true
    this.#events.push({ kind: 'close' })
  }
}
