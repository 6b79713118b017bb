/**
 * The server's side of SMTP, for tests, demos and loopback: octets in, events out, no I/O.
 *
 *     connected ──EHLO/HELO──► greeted ──MAIL──► transaction ──RCPT…──DATA──► content ──CRLF.CRLF──► greeted
 *         ▲                       │ ▲ ▲               │ RSET, EHLO                                (question: letter)
 *         │      STARTTLS         │ │ └───────────────┘
 *         └───(encryptionStarted)─┘ └── AUTH (question: login)
 *
 * What the session can't know is a question. `answer()` means "go on as usual", `answer('450 4.2.0 words')` says that
 * instead. Every command is a question first, so that a test can break the dialog wherever it likes.
 */

import { assert } from '../base/assert.ts'
import { CLEAR_TEXT_MECHANISMS } from '../sasl/server-exchange.ts'
import type { ServerExchange, ServerMechanisms, ServerStep } from '../sasl/server-exchange.ts'
import { LineServerDialog } from '../wire/line-server-dialog.ts'
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
import type { SmtpServerOptions, SmtpServerQuestion } from './server-event.ts'
import type { Chunk, Transaction } from './server-transaction.ts'

/** RFC 5321 §4.5.3.1.8: the least that a server must take. */
const RECIPIENTS_MAX = 100

export class SmtpServerSession extends LineServerDialog<SmtpServerQuestion> {
  protected override readonly lastWords = '421 4.7.0 too many errors'
  readonly #options: SmtpServerOptions
  #isExtended = false
  #clientName: string | undefined
  #user: string | undefined
  #transaction: Transaction | undefined
  #content: ContentCollector | undefined
  #chunk: Chunk | undefined

  readonly #mechanisms: ServerMechanisms

  constructor(options: SmtpServerOptions) {
    super(options, {
      malformed: '500 5.5.2 a command is one line of text',
      tooLong: '500 5.5.6 line too long',
    })
    this.#options = options
    this.#mechanisms = options.mechanisms ?? CLEAR_TEXT_MECHANISMS
  }

  protected override greet(): void {
    this.say(`220 ${this.#options.hostName} ESMTP`)
  }

  /** RFC 3207 §4.2. */
  protected override forget(): void {
    this.#isExtended = false
    this.#clientName = undefined
    this.#user = undefined
    this.#transaction = undefined
  }

  protected override readNext(): boolean {
    if (this.#content !== undefined) return this.#readContent(this.#content)
    return this.#chunk === undefined ? super.readNext() : this.#readChunk(this.#chunk)
  }

  protected override takeCommand(text: string): void {
    const command = parseCommandLine(text)
    const bdat = command.verb === 'BDAT' ? parseBdat(command.argument) : undefined
    this.ask({ kind: 'command', line: text }, (reply) => {
      if (reply === undefined) this.#execute(command)
      // Whatever is said to it, its octets are no commands.
      else if (bdat !== undefined) this.#beginChunk(bdat, reply)
      else this.say(reply)
    })
  }

  #readContent(content: ContentCollector): boolean {
    const octets = this.lines.takeOctets()
    if (octets.length === 0) return false
    const rest = content.push(octets)
    if (rest === undefined) return true
    this.lines.push(rest)
    this.#content = undefined
    this.#endContent(content)
    return true
  }

  #endContent(content: ContentCollector): void {
    const transaction = this.#transaction
    this.#transaction = undefined
    const octets = content.take()
    assert(transaction !== undefined, 'content belongs to a transaction')
    if (octets === undefined) return this.refuse(TOO_LARGE_REPLY)
    const { mail, forwardPaths, rcptParameters } = transaction
    const clientName = this.#clientName ?? ''
    const protocol = this.#protocol(mail)
    const { reversePath, parameters: mailParameters } = mail
    const facts = { reversePath, forwardPaths, mailParameters, rcptParameters }
    const letter = { ...facts, octets, clientName, protocol }
    this.#askFor({ kind: 'letter', letter }, () => this.say('250 2.0.0 letter accepted'))
  }

  #protocol(mail: MailArgument): string {
    if (!this.#isExtended) return 'SMTP'
    const base = mail.isInternational ? 'UTF8SMTP' : 'ESMTP'
    const security = `${this.isEncrypted ? 'S' : ''}${this.#user === undefined ? '' : 'A'}`
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
        return this.say('250 2.0.0 transaction forgotten')
      case 'NOOP':
        return this.say('250 2.0.0 done nothing')
      case 'VRFY':
        return this.say('252 2.1.5 send a letter and see')
      case 'QUIT':
        return this.close(`221 2.0.0 ${this.#options.hostName} closes the connection`)
      default:
        return this.refuse('500 5.5.1 unknown command')
    }
  }

  #greet(verb: 'EHLO' | 'HELO', argument: string): void {
    if (!isClientName(argument))
      return this.refuse('501 5.5.4 expected a domain or address literal')
    this.#clientName = argument
    this.#isExtended = verb === 'EHLO'
    this.#transaction = undefined
    const words = [`${this.#options.hostName} greets ${argument}`]
    if (verb === 'EHLO') words.push(...this.#extensions())
    const last = words.length - 1
    this.say(...words.map((word, index) => `250${index === last ? ' ' : '-'}${word}`))
  }

  #extensions(): string[] {
    const extensions = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES']
    if (this.#options.offersChunking) extensions.push('CHUNKING', 'BINARYMIME')
    extensions.push('DSN')
    extensions.push(`SIZE ${this.#options.sizeLimitOctets}`)
    if (this.offersStartTls) extensions.push('STARTTLS')
    if (this.offersLogin) extensions.push(`AUTH ${this.#mechanisms.names().join(' ')}`)
    return extensions
  }

  #startTls(argument: string): void {
    if (argument !== '') return this.refuse('501 5.5.4 STARTTLS takes no argument')
    if (!this.offersStartTls) return this.refuse('502 5.5.1 STARTTLS is not offered')
    // A client may not go on talking before TLS. Whoever does is somebody in the middle (CVE-2011-0411).
    if (!this.lines.isEmpty)
      return this.close('554 5.5.1 commands after STARTTLS were sent before TLS')
    this.say('220 2.0.0 start TLS now')
    this.awaitEncryption()
  }

  #authenticate(argument: string): void {
    if (!this.#isExtended) return this.refuse('503 5.5.1 EHLO comes first')
    if (!this.offersLogin) return this.refuse('538 5.7.11 encryption is required to log in')
    if (this.#user !== undefined) return this.refuse('503 5.5.1 already logged in')
    if (this.#transaction !== undefined) return this.refuse('503 5.5.1 a transaction is open')
    const [name = '', response, ...rest] = argument.split(' ')
    const exchange = this.#mechanisms.begin(name.toUpperCase())
    if (exchange === undefined) return this.refuse('504 5.5.4 unknown mechanism')
    if (rest.length > 0) return this.refuse('501 5.5.4 expected one initial response')
    this.#continueExchange(exchange, exchange.start(response))
  }

  #continueExchange(exchange: ServerExchange, step: ServerStep): void {
    switch (step.kind) {
      case 'challenge':
        this.awaitLine((line) => this.#continueExchange(exchange, exchange.next(line)))
        return this.say(`334 ${step.text}`)
      case 'cancelled':
        return this.refuse('501 5.7.0 authentication cancelled')
      case 'malformed':
        return this.refuse('501 5.5.2 malformed response')
      case 'refused':
        return this.refuse('535 5.7.8 wrong user name or password')
      case 'login':
        return this.#askLogin(step)
      case 'proven':
        return this.#askLogin({ kind: 'login', user: step.user, password: undefined })
    }
  }

  #askLogin(login: Extract<SmtpServerQuestion, { kind: 'login' }>): void {
    this.#askFor(login, () => {
      this.#user = login.user
      this.say('235 2.7.0 logged in')
    })
  }

  #mail(argument: string): void {
    if (this.#clientName === undefined) return this.refuse('503 5.5.1 EHLO comes first')
    if (this.#transaction !== undefined) return this.refuse('503 5.5.1 a transaction is open')
    if (this.#options.requiresLogin && this.#user === undefined) {
      return this.refuse('530 5.7.0 authentication required')
    }
    const { sizeLimitOctets } = this.#options
    const mail = parseMail(argument, { isExtended: this.#isExtended, sizeLimitOctets })
    if (mail.kind === 'refused') return this.refuse(mail.reply)
    if (mail.argument.isBinary && !this.#options.offersChunking)
      return this.refuse('555 5.5.4 BINARYMIME is not offered')
    this.#transaction = { mail: mail.argument, forwardPaths: [], rcptParameters: [] }
    this.say('250 2.1.0 sender accepted')
  }

  #recipient(argument: string): void {
    const transaction = this.#transaction
    if (transaction === undefined) return this.refuse('503 5.5.1 MAIL comes first')
    const { mail, forwardPaths, rcptParameters } = transaction
    const rcpt = parseRcpt(argument, mail)
    if (rcpt.kind === 'refused') return this.refuse(rcpt.reply)
    if (forwardPaths.length >= RECIPIENTS_MAX) return this.say('452 4.5.3 too many recipients')
    const { declaredOctets } = mail
    const { forwardPath, parameters } = rcpt.argument
    this.#askFor({ kind: 'recipient', forwardPath, declaredOctets }, () => {
      forwardPaths.push(forwardPath)
      rcptParameters.push(parameters)
      this.say('250 2.1.5 recipient accepted')
    })
  }

  #data(argument: string): void {
    if (argument !== '') return this.refuse('501 5.5.4 DATA takes no argument')
    if (this.#transaction === undefined) return this.refuse('503 5.5.1 MAIL comes first')
    if (this.#transaction.forwardPaths.length === 0)
      return this.refuse('554 5.5.1 no valid recipients')
    if (this.#transaction.chunks !== undefined || this.#transaction.mail.isBinary)
      return this.refuse('503 5.5.1 this letter comes with BDAT')
    this.#content = new ContentCollector(this.#options.sizeLimitOctets)
    this.say('354 end with a line that holds a dot alone')
  }

  /** Its octets follow in any case, and are read in any case (RFC 3030 §2). */
  #bdat(argument: string): void {
    const bdat = parseBdat(argument)
    if (bdat === undefined) return this.close('501 5.5.4 expected BDAT size [LAST]')
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
    const octets = this.lines.takeOctets()
    if (octets.length === 0) return false
    const taken = octets.subarray(0, chunk.missingOctets)
    this.lines.push(octets.subarray(taken.length))
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
      return this.refuse(refusal)
    }
    if (!isLast) return this.say('250 2.0.0 chunk taken')
    assert(transaction?.chunks !== undefined, 'a chunk that is kept belongs to a transaction')
    this.#endContent(transaction.chunks)
  }

  /** Asks, and goes on with `proceed` unless the answer says something else. */
  #askFor(event: SmtpServerQuestion, proceed: () => void): void {
    this.ask(event, (reply) => (reply === undefined ? proceed() : this.say(reply)))
  }
}
