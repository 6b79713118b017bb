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
import { SERVER_MECHANISMS, ServerExchange, type ServerStep } from '../sasl/server-exchange.ts'
import { CommandLines } from '../wire/command-lines.ts'
import { ContentCollector } from './content-collector.ts'
import {
  isClientName,
  parseBdat,
  parseCommandLine,
  parseMail,
  parseRcpt,
  TOO_LARGE_REPLY,
  type CommandLine,
  type BdatArgument,
  type MailArgument,
} from './server-command.ts'
import type { SmtpServerEvent, SmtpServerOptions } from './server-event.ts'
import type { Chunk, Transaction } from './server-transaction.ts'

/** RFC 4954 §4: the longest line a client may send, an AUTH response. */
const LINE_OCTETS_MAX = 12_288
/** RFC 5321 §4.5.3.1.8: the least that a server must take. */
const RECIPIENTS_MAX = 100
/** A client that is wrong this often is not talking SMTP. */
const ERRORS_MAX = 20

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
  #chunk: Chunk | undefined
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
      if (!this.#readNext()) break
    }
    return this.#takeEvents()
  }

  #readNext(): boolean {
    if (this.#content !== undefined) return this.#readContent(this.#content)
    return this.#chunk === undefined ? this.#readLine() : this.#readChunk(this.#chunk)
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
    const command = parseCommandLine(text)
    this.#ask({ kind: 'command', line: text }, () => this.#execute(command))
    const bdat = command.verb === 'BDAT' ? parseBdat(command.argument) : undefined
    if (bdat === undefined) return
    // Whatever is said to it, its octets are no commands.
    this.#question = (reply) =>
      reply === undefined ? this.#execute(command) : this.#beginChunk(bdat, reply)
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
    const { mail, forwardPaths, rcptParameters } = transaction
    const clientName = this.#clientName ?? ''
    const protocol = this.#protocol(mail)
    const { reversePath, parameters: mailParameters } = mail
    const facts = { reversePath, forwardPaths, mailParameters, rcptParameters }
    const letter = { ...facts, octets, clientName, protocol }
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
      case 'BDAT':
        return this.#bdat(argument)
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
    if (this.#options.offersChunking) extensions.push('CHUNKING', 'BINARYMIME')
    extensions.push('DSN')
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
    if (mail.argument.isBinary && !this.#options.offersChunking)
      return this.#refuse('555 5.5.4 BINARYMIME is not offered')
    this.#transaction = { mail: mail.argument, forwardPaths: [], rcptParameters: [] }
    this.#say('250 2.1.0 sender accepted')
  }

  #recipient(argument: string): void {
    const transaction = this.#transaction
    if (transaction === undefined) return this.#refuse('503 5.5.1 MAIL comes first')
    const { mail, forwardPaths, rcptParameters } = transaction
    const rcpt = parseRcpt(argument, mail)
    if (rcpt.kind === 'refused') return this.#refuse(rcpt.reply)
    if (forwardPaths.length >= RECIPIENTS_MAX) return this.#say('452 4.5.3 too many recipients')
    const { declaredOctets } = mail
    const { forwardPath, parameters } = rcpt.argument
    this.#ask({ kind: 'recipient', forwardPath, declaredOctets }, () => {
      forwardPaths.push(forwardPath)
      rcptParameters.push(parameters)
      this.#say('250 2.1.5 recipient accepted')
    })
  }

  #data(argument: string): void {
    if (argument !== '') return this.#refuse('501 5.5.4 DATA takes no argument')
    if (this.#transaction === undefined) return this.#refuse('503 5.5.1 MAIL comes first')
    if (this.#transaction.forwardPaths.length === 0)
      return this.#refuse('554 5.5.1 no valid recipients')
    if (this.#transaction.chunks !== undefined || this.#transaction.mail.isBinary)
      return this.#refuse('503 5.5.1 this letter comes with BDAT')
    this.#content = new ContentCollector(this.#options.sizeLimitOctets)
    this.#say('354 end with a line that holds a dot alone')
  }

  /** Its octets follow in any case, and are read in any case (RFC 3030 §2). */
  #bdat(argument: string): void {
    const bdat = parseBdat(argument)
    if (bdat === undefined) return this.#close('501 5.5.4 expected BDAT size [LAST]')
    this.#beginChunk(bdat, this.#chunkRefusal(bdat))
  }

  #beginChunk({ octets, isLast }: BdatArgument, refusal: string | undefined): void {
    this.#chunk = { isLast, missingOctets: octets, refusal }
    if (octets === 0) this.#endChunk(this.#chunk)
  }

  #chunkRefusal({ octets }: BdatArgument): string | undefined {
    if (!this.#options.offersChunking) return '502 5.5.1 CHUNKING is not offered'
    const transaction = this.#transaction
    if (transaction === undefined) return '503 5.5.1 MAIL comes first'
    if (transaction.forwardPaths.length === 0) return '554 5.5.1 no valid recipients'
    if (transaction.hasFailed === true) return '503 5.5.1 a chunk has failed'
    transaction.chunks ??= new ContentCollector(this.#options.sizeLimitOctets)
    return transaction.chunks.hasRoomFor(octets) ? undefined : TOO_LARGE_REPLY
  }

  #readChunk(chunk: Chunk): boolean {
    const octets = this.#lines.takeOctets()
    if (octets.length === 0) return false
    const taken = octets.subarray(0, chunk.missingOctets)
    this.#lines.push(octets.subarray(taken.length))
    chunk.missingOctets -= taken.length
    if (chunk.refusal === undefined) this.#transaction?.chunks?.append(taken)
    if (chunk.missingOctets === 0) this.#endChunk(chunk)
    return true
  }

  #endChunk({ isLast, refusal }: Chunk): void {
    this.#chunk = undefined
    const transaction = this.#transaction
    if (refusal !== undefined) {
      if (transaction !== undefined) transaction.hasFailed = true
      return this.#refuse(refusal)
    }
    if (!isLast) return this.#say('250 2.0.0 chunk taken')
    assert(transaction?.chunks !== undefined, 'a chunk that is kept belongs to a transaction')
    this.#endContent(transaction.chunks)
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
