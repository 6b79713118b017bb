/**
 * The server's side of POP3, for tests, demos and loopback: octets in, events out, no I/O.
 *
 *     AUTHORIZATION ──USER+PASS, AUTH (question: login)──► TRANSACTION ──QUIT (question: update)──► closed
 *        ▲      │                                          STAT LIST UIDL RETR TOP DELE RSET NOOP
 *        └─STLS─┘                                          (question for RETR and TOP: letter)
 *
 * What the session can't know is a *question*: an event after which it reads nothing more until it is answered.
 * `answer()` means "go on as usual", `answer('-ERR words')` says that instead; a login is granted with {@link
 * Pop3ServerSession.openMaildrop}, a letter is handed over with {@link Pop3ServerSession.sendLetter}. Every command
 * is a question first, so that a test can break the dialog wherever it likes.
 */

import { assert } from '../base/assert.ts'
import { octetsOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'
import { SERVER_MECHANISMS, ServerExchange, type ServerStep } from '../sasl/server-exchange.ts'
import { CommandLines } from '../wire/command-lines.ts'
import { ServerMaildrop, type MaildropLetter, type NumberedLetter } from './server-maildrop.ts'
import { stuffLetter, topOf } from './server-letter.ts'

/** RFC 5034 §4: the longest line a client may send, an AUTH response. */
const LINE_OCTETS_MAX = 12_288
/** A client that is wrong this often is not talking POP3. */
const ERRORS_MAX = 20

const NO_SUCH_LETTER = 'no such message'

export interface Pop3ServerOptions {
  /** Whether the connection is encrypted from its first octet. */
  readonly isEncrypted: boolean
  /** Whether STLS is offered while the connection is not encrypted. */
  readonly offersStartTls: boolean
  /** Whether USER and AUTH are offered although the connection is not encrypted. */
  readonly allowsClearTextLogin: boolean
}

export type Pop3ServerEvent =
  | { readonly kind: 'send'; readonly octets: Uint8Array }
  /** Send these pieces one after another; they are made as they are asked for. */
  | {
      readonly kind: 'stream'
      readonly pieces: Iterable<Uint8Array>
      readonly uniqueId: string
      /** RETR, not TOP: once it is sent the letter has been read. */
      readonly isWhole: boolean
    }
  /** Encrypt the connection now, then call {@link Pop3ServerSession.encryptionStarted}. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'close' }
  /** Question: execute this command? */
  | { readonly kind: 'command'; readonly line: string }
  /** Question, answered with {@link Pop3ServerSession.openMaildrop} or a refusal: are these credentials right? */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret }
  /** Question, answered with {@link Pop3ServerSession.sendLetter} or a refusal: what is in this letter? */
  | { readonly kind: 'letter'; readonly uniqueId: string }
  /** Question: are these letters deleted now? Asked at QUIT only, and then also for none. */
  | { readonly kind: 'update'; readonly uniqueIds: readonly string[] }

type Question =
  | { readonly kind: 'decision'; readonly proceed: (refusal: string | undefined) => void }
  | { readonly kind: 'login' }
  | { readonly kind: 'letter'; readonly letter: NumberedLetter; readonly lines: number | undefined }

export class Pop3ServerSession {
  readonly #options: Pop3ServerOptions
  readonly #lines = new CommandLines(LINE_OCTETS_MAX)
  #events: Pop3ServerEvent[] = []
  #isEncrypted: boolean
  #isClosed = false
  #awaitsEncryption = false
  #user: string | undefined
  #maildrop: ServerMaildrop | undefined
  #question: Question | undefined
  #authentication: ((line: string) => void) | undefined
  #errorCount = 0

  constructor(options: Pop3ServerOptions) {
    this.#options = options
    this.#isEncrypted = options.isEncrypted
  }

  /** The greeting; call it once, first. It holds no timestamp, so there is no APOP. */
  start(): Pop3ServerEvent[] {
    this.#say('+OK ready')
    return this.#takeEvents()
  }

  /** Takes what the client sent. Octets that come while a question is open are kept for after its answer. */
  receive(octets: Uint8Array): Pop3ServerEvent[] {
    if (!this.#isClosed) this.#lines.push(octets)
    return this.#advance()
  }

  /** Answers the open question: nothing to go on as usual, or what to say instead. */
  answer(reply?: string): Pop3ServerEvent[] {
    const question = this.#takeQuestion()
    if (question.kind === 'decision') {
      question.proceed(reply)
    } else {
      assert(reply !== undefined, 'a login and a letter are not answered with a mere yes')
      this.#say(reply)
    }
    return this.#advance()
  }

  /** Grants the login. These are the letters for the whole session, numbered from 1 in this order. */
  openMaildrop(letters: readonly MaildropLetter[]): Pop3ServerEvent[] {
    const question = this.#takeQuestion()
    assert(question.kind === 'login', 'a maildrop answers a login')
    this.#maildrop = new ServerMaildrop(letters)
    this.#say('+OK maildrop locked and ready')
    return this.#advance()
  }

  /** Hands over the whole letter asked for, also for TOP. */
  sendLetter(octets: Uint8Array): Pop3ServerEvent[] {
    const question = this.#takeQuestion()
    assert(question.kind === 'letter', 'a letter answers RETR or TOP')
    const { letter, lines } = question
    const isWhole = lines === undefined
    const content = isWhole ? octets : topOf(octets, lines)
    this.#say(isWhole ? `+OK ${octets.length} octets` : '+OK top follows')
    const { uniqueId } = letter
    this.#events.push({ kind: 'stream', pieces: stuffLetter(content), uniqueId, isWhole })
    return this.#advance()
  }

  /** The connection is encrypted now: everything that was said before is forgotten (RFC 2595 §4). */
  encryptionStarted(): Pop3ServerEvent[] {
    assert(this.#awaitsEncryption, 'encryption starts after STLS')
    this.#awaitsEncryption = false
    this.#isEncrypted = true
    this.#user = undefined
    return this.#advance()
  }

  #takeQuestion(): Question {
    const question = this.#question
    assert(question !== undefined, 'an answer needs a question')
    this.#question = undefined
    return question
  }

  #advance(): Pop3ServerEvent[] {
    while (!this.#isClosed && !this.#awaitsEncryption && this.#question === undefined) {
      if (!this.#readLine()) break
    }
    return this.#takeEvents()
  }

  #takeEvents(): Pop3ServerEvent[] {
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
        this.#refuse('a command is one line of text')
        return true
      case 'too-long':
        this.#close('-ERR line too long')
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
      return authentication(text)
    }
    this.#decide({ kind: 'command', line: text }, (refusal) => {
      if (refusal !== undefined) return this.#say(refusal)
      const space = text.indexOf(' ')
      const keyword = (space < 0 ? text : text.slice(0, space)).toUpperCase()
      const argument = space < 0 ? '' : text.slice(space + 1)
      if (this.#maildrop === undefined) this.#authorize(keyword, argument)
      else this.#transact(this.#maildrop, keyword, argument)
    })
  }

  #authorize(keyword: string, argument: string): void {
    // PASS counts only right after USER (RFC 1939 §7).
    const user = this.#user
    this.#user = undefined
    switch (keyword) {
      case 'CAPA':
        return this.#sayCapabilities()
      case 'STLS':
        return this.#startTls()
      case 'USER':
        return this.#nameUser(argument)
      case 'PASS':
        if (user === undefined) return this.#refuse('USER comes first')
        return this.#askLogin({ kind: 'login', user, password: new Secret(argument) })
      case 'AUTH':
        return this.#authenticate(argument)
      case 'QUIT':
        return this.#close('+OK goodbye')
      default:
        return this.#refuse('unknown command, or not before the login')
    }
  }

  get #offersLogin(): boolean {
    return this.#isEncrypted || this.#options.allowsClearTextLogin
  }

  get #offersStartTls(): boolean {
    return this.#options.offersStartTls && !this.#isEncrypted && this.#maildrop === undefined
  }

  #sayCapabilities(): void {
    const capabilities = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING']
    if (this.#offersLogin) capabilities.push('USER', `SASL ${SERVER_MECHANISMS.join(' ')}`)
    if (this.#offersStartTls) capabilities.push('STLS')
    this.#say('+OK capabilities follow', ...capabilities, '.')
  }

  #startTls(): void {
    if (!this.#offersStartTls) return this.#refuse('STLS is not offered')
    // A client may not go on talking before TLS. Whoever does is somebody in the middle (CVE-2011-0411).
    if (!this.#lines.isEmpty) return this.#close('-ERR commands after STLS were sent before TLS')
    this.#say('+OK start TLS now')
    this.#awaitsEncryption = true
    this.#events.push({ kind: 'startTls' })
  }

  #nameUser(argument: string): void {
    if (!this.#offersLogin) return this.#refuse('[AUTH] encryption is required to log in')
    if (argument === '') return this.#refuse('expected a name')
    this.#user = argument
    this.#say('+OK now the password')
  }

  #authenticate(argument: string): void {
    if (!this.#offersLogin) return this.#refuse('[AUTH] encryption is required to log in')
    const [name = '', response, ...rest] = argument.split(' ')
    const mechanism = SERVER_MECHANISMS.find((known) => known === name.toUpperCase())
    if (mechanism === undefined) return this.#refuse('unknown mechanism')
    if (rest.length > 0) return this.#refuse('expected one initial response')
    const exchange = new ServerExchange(mechanism)
    this.#continueExchange(exchange, exchange.start(response))
  }

  #continueExchange(exchange: ServerExchange, step: ServerStep): void {
    switch (step.kind) {
      case 'challenge':
        this.#authentication = (line) => this.#continueExchange(exchange, exchange.next(line))
        return this.#say(`+ ${step.text}`)
      case 'cancelled':
        return this.#refuse('authentication cancelled')
      case 'malformed':
        return this.#refuse('malformed response')
      case 'login':
        return this.#askLogin(step)
    }
  }

  #transact(maildrop: ServerMaildrop, keyword: string, argument: string): void {
    switch (keyword) {
      case 'STAT':
        return this.#say(`+OK ${maildrop.count} ${maildrop.sizeOctets}`)
      case 'LIST':
        return this.#list(maildrop, argument, ({ sizeOctets }) => String(sizeOctets))
      case 'UIDL':
        return this.#list(maildrop, argument, ({ uniqueId }) => uniqueId)
      case 'RETR':
        return this.#retrieve(maildrop.find(argument), undefined)
      case 'TOP':
        return this.#top(maildrop, argument)
      case 'DELE':
        return this.#say(
          maildrop.delete(argument) ? '+OK will be deleted' : `-ERR ${NO_SUCH_LETTER}`,
        )
      case 'RSET':
        maildrop.reset()
        return this.#say('+OK nothing will be deleted')
      case 'NOOP':
        return this.#say('+OK done nothing')
      case 'CAPA':
        return this.#sayCapabilities()
      case 'QUIT':
        return this.#update(maildrop)
      default:
        return this.#refuse('unknown command, or not after the login')
    }
  }

  #list(
    maildrop: ServerMaildrop,
    argument: string,
    describe: (letter: NumberedLetter) => string,
  ): void {
    if (argument !== '') {
      const letter = maildrop.find(argument)
      if (letter === undefined) return this.#refuse(NO_SUCH_LETTER)
      return this.#say(`+OK ${letter.number} ${describe(letter)}`)
    }
    const lines = maildrop.remaining().map((letter) => `${letter.number} ${describe(letter)}`)
    this.#say(`+OK ${lines.length} messages`, ...lines, '.')
  }

  #top(maildrop: ServerMaildrop, argument: string): void {
    const match = /^([0-9]+) ([0-9]{1,9})$/.exec(argument)
    if (match === null) return this.#refuse('expected TOP number lines')
    this.#retrieve(maildrop.find(match[1] ?? ''), Number(match[2]))
  }

  #retrieve(letter: NumberedLetter | undefined, lines: number | undefined): void {
    if (letter === undefined) return this.#refuse(NO_SUCH_LETTER)
    this.#question = { kind: 'letter', letter, lines }
    this.#events.push({ kind: 'letter', uniqueId: letter.uniqueId })
  }

  #update(maildrop: ServerMaildrop): void {
    const uniqueIds = maildrop.deleted().map((letter) => letter.uniqueId)
    this.#decide({ kind: 'update', uniqueIds }, (refusal) => this.#close(refusal ?? '+OK goodbye'))
  }

  #askLogin(login: Extract<Pop3ServerEvent, { kind: 'login' }>): void {
    this.#question = { kind: 'login' }
    this.#events.push(login)
  }

  #decide(event: Pop3ServerEvent, proceed: (refusal: string | undefined) => void): void {
    this.#question = { kind: 'decision', proceed }
    this.#events.push(event)
  }

  #say(...lines: readonly string[]): void {
    this.#events.push({
      kind: 'send',
      octets: octetsOf(lines.map((line) => `${line}\r\n`).join('')),
    })
  }

  /** Says that the client did something wrong, and loses patience in the end. */
  #refuse(words: string): void {
    this.#errorCount++
    if (this.#errorCount > ERRORS_MAX) return this.#close('-ERR too many errors')
    this.#say(`-ERR ${words}`)
  }

  #close(reply: string): void {
    this.#say(reply)
    this.#isClosed = true
    this.#events.push({ kind: 'close' })
  }
}
