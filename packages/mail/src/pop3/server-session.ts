/**
 * The server's side of POP3, for tests, demos and loopback: octets in, events out, no I/O.
 *
 *     AUTHORIZATION ──USER+PASS, AUTH (question: login)──► TRANSACTION ──QUIT (question: update)──► closed
 *        ▲      │                                          STAT LIST UIDL RETR TOP DELE RSET NOOP
 *        └─STLS─┘                                          (question for RETR and TOP: letter)
 *
 * What the session can't know is a question.
 * `answer()` means "go on as usual", `answer('-ERR words')` says that instead; a login is granted with {@link
 * Pop3ServerSession.openMaildrop}, a letter is handed over with {@link Pop3ServerSession.sendLetter}. Every command
 * is a question first, so that a test can break the dialog wherever it likes.
 */

import { assert } from '../base/assert.ts'
import { Secret } from '../base/secret.ts'
import { CLEAR_TEXT_MECHANISMS } from '../sasl/server-exchange.ts'
import type { ServerExchange, ServerMechanisms, ServerStep } from '../sasl/server-exchange.ts'
import { LineServerDialog } from '../wire/line-server-dialog.ts'
import type { ServerDialogEvent, ServerDialogOptions } from '../wire/server-dialog.ts'
import { ServerMaildrop, type MaildropLetter, type NumberedLetter } from './server-maildrop.ts'
import { stuffLetter, topOf } from './server-letter.ts'

const NO_SUCH_LETTER = 'no such message'

export type Pop3ServerEvent = ServerDialogEvent | Pop3OwnEvent

type Pop3OwnEvent =
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
  /** Question, answered with {@link Pop3ServerSession.openMaildrop} or a refusal: are these credentials right? Who needs no password has proved to be this user. */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret | undefined }
  /** Question, answered with {@link Pop3ServerSession.sendLetter} or a refusal: what is in this letter? */
  | { readonly kind: 'letter'; readonly uniqueId: string }
  /** Question: are these letters deleted now? Asked at QUIT only, and then also for none. */
  | { readonly kind: 'update'; readonly uniqueIds: readonly string[] }

export interface Pop3ServerOptions extends ServerDialogOptions {
  /** Default: PLAIN and LOGIN. */
  readonly mechanisms?: ServerMechanisms
}

/** A question that a mere yes does not answer. */
type Wanted =
  | { readonly kind: 'login' }
  | { readonly kind: 'letter'; readonly letter: NumberedLetter; readonly lines: number | undefined }

export class Pop3ServerSession extends LineServerDialog<Pop3OwnEvent> {
  protected override readonly lastWords = '-ERR too many errors'
  readonly #mechanisms: ServerMechanisms
  #user: string | undefined
  #maildrop: ServerMaildrop | undefined
  #wanted: Wanted | undefined

  constructor(options: Pop3ServerOptions) {
    super(options, {
      malformed: '-ERR a command is one line of text',
      tooLong: '-ERR line too long',
    })
    this.#mechanisms = options.mechanisms ?? CLEAR_TEXT_MECHANISMS
  }

  /** It holds no timestamp, so there is no APOP. */
  protected override greet(): void {
    this.say('+OK ready')
  }

  /** Grants the login. These are the letters for the whole session, numbered from 1 in this order. */
  openMaildrop(letters: readonly MaildropLetter[]): Pop3ServerEvent[] {
    assert(this.#takeWanted()?.kind === 'login', 'a maildrop answers a login')
    this.#maildrop = new ServerMaildrop(letters)
    this.say('+OK maildrop locked and ready')
    return this.advance()
  }

  /** Hands over the whole letter asked for, also for TOP. */
  sendLetter(octets: Uint8Array): Pop3ServerEvent[] {
    const wanted = this.#takeWanted()
    assert(wanted?.kind === 'letter', 'a letter answers RETR or TOP')
    const { letter, lines } = wanted
    const isWhole = lines === undefined
    const content = isWhole ? octets : topOf(octets, lines)
    this.say(isWhole ? `+OK ${octets.length} octets` : '+OK top follows')
    const { uniqueId } = letter
    this.emit({ kind: 'stream', pieces: stuffLetter(content), uniqueId, isWhole })
    return this.advance()
  }

  /** RFC 2595 §4. */
  protected override forget(): void {
    this.#user = undefined
  }

  protected override takeCommand(text: string): void {
    this.#decide({ kind: 'command', line: text }, () => {
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
        if (user === undefined) return this.#error('USER comes first')
        return this.#askLogin({ kind: 'login', user, password: new Secret(argument) })
      case 'AUTH':
        return this.#authenticate(argument)
      case 'QUIT':
        return this.close('+OK goodbye')
      default:
        return this.#error('unknown command, or not before the login')
    }
  }

  get #offersStartTls(): boolean {
    return this.offersStartTls && this.#maildrop === undefined
  }

  #sayCapabilities(): void {
    const capabilities = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING']
    if (this.offersLogin) capabilities.push('USER', `SASL ${this.#mechanisms.names().join(' ')}`)
    if (this.#offersStartTls) capabilities.push('STLS')
    this.say('+OK capabilities follow', ...capabilities, '.')
  }

  #startTls(): void {
    if (!this.#offersStartTls) return this.#error('STLS is not offered')
    // A client may not go on talking before TLS. Whoever does is somebody in the middle (CVE-2011-0411).
    if (!this.lines.isEmpty) return this.close('-ERR commands after STLS were sent before TLS')
    this.say('+OK start TLS now')
    this.awaitEncryption()
  }

  #nameUser(argument: string): void {
    if (!this.offersLogin) return this.#error('[AUTH] encryption is required to log in')
    if (argument === '') return this.#error('expected a name')
    this.#user = argument
    this.say('+OK now the password')
  }

  #authenticate(argument: string): void {
    if (!this.offersLogin) return this.#error('[AUTH] encryption is required to log in')
    const [name = '', response, ...rest] = argument.split(' ')
    const exchange = this.#mechanisms.begin(name.toUpperCase())
    if (exchange === undefined) return this.#error('unknown mechanism')
    if (rest.length > 0) return this.#error('expected one initial response')
    this.#continueExchange(exchange, exchange.start(response))
  }

  #continueExchange(exchange: ServerExchange, step: ServerStep): void {
    switch (step.kind) {
      case 'challenge':
        this.awaitLine((line) => this.#continueExchange(exchange, exchange.next(line)))
        return this.say(`+ ${step.text}`)
      case 'cancelled':
        return this.#error('authentication cancelled')
      case 'malformed':
        return this.#error('malformed response')
      case 'refused':
        return this.#error('[AUTH] wrong user name or password')
      case 'login':
        return this.#askLogin(step)
      case 'proven':
        return this.#askLogin({ kind: 'login', user: step.user, password: undefined })
    }
  }

  #transact(maildrop: ServerMaildrop, keyword: string, argument: string): void {
    switch (keyword) {
      case 'STAT':
        return this.say(`+OK ${maildrop.count} ${maildrop.sizeOctets}`)
      case 'LIST':
        return this.#list(maildrop, argument, ({ sizeOctets }) => String(sizeOctets))
      case 'UIDL':
        return this.#list(maildrop, argument, ({ uniqueId }) => uniqueId)
      case 'RETR':
        return this.#retrieve(maildrop.find(argument), undefined)
      case 'TOP':
        return this.#top(maildrop, argument)
      case 'DELE':
        return this.say(
          maildrop.delete(argument) ? '+OK will be deleted' : `-ERR ${NO_SUCH_LETTER}`,
        )
      case 'RSET':
        maildrop.reset()
        return this.say('+OK nothing will be deleted')
      case 'NOOP':
        return this.say('+OK done nothing')
      case 'CAPA':
        return this.#sayCapabilities()
      case 'QUIT':
        return this.#update(maildrop)
      default:
        return this.#error('unknown command, or not after the login')
    }
  }

  #list(
    maildrop: ServerMaildrop,
    argument: string,
    describe: (letter: NumberedLetter) => string,
  ): void {
    if (argument !== '') {
      const letter = maildrop.find(argument)
      if (letter === undefined) return this.#error(NO_SUCH_LETTER)
      return this.say(`+OK ${letter.number} ${describe(letter)}`)
    }
    const lines = maildrop.remaining().map((letter) => `${letter.number} ${describe(letter)}`)
    this.say(`+OK ${lines.length} messages`, ...lines, '.')
  }

  #top(maildrop: ServerMaildrop, argument: string): void {
    const match = /^([0-9]+) ([0-9]{1,9})$/.exec(argument)
    if (match === null) return this.#error('expected TOP number lines')
    this.#retrieve(maildrop.find(match[1] ?? ''), Number(match[2]))
  }

  #retrieve(letter: NumberedLetter | undefined, lines: number | undefined): void {
    if (letter === undefined) return this.#error(NO_SUCH_LETTER)
    this.#want({ kind: 'letter', uniqueId: letter.uniqueId }, { kind: 'letter', letter, lines })
  }

  #update(maildrop: ServerMaildrop): void {
    const uniqueIds = maildrop.deleted().map((letter) => letter.uniqueId)
    this.ask({ kind: 'update', uniqueIds }, (refusal) => this.close(refusal ?? '+OK goodbye'))
  }

  #askLogin(login: Extract<Pop3OwnEvent, { kind: 'login' }>): void {
    this.#want(login, { kind: 'login' })
  }

  #want(event: Pop3OwnEvent, wanted: Wanted): void {
    this.#wanted = wanted
    this.ask(event, (refusal) => {
      assert(refusal !== undefined, 'a login and a letter are not answered with a mere yes')
      this.#wanted = undefined
      this.say(refusal)
    })
  }

  #takeWanted(): Wanted | undefined {
    this.takeQuestion()
    const wanted = this.#wanted
    this.#wanted = undefined
    return wanted
  }

  /** Asks, and goes on with `proceed` unless the answer says something else. */
  #decide(event: Pop3OwnEvent, proceed: () => void): void {
    this.ask(event, (refusal) => (refusal === undefined ? proceed() : this.say(refusal)))
  }

  #error(words: string): void {
    this.refuse(`-ERR ${words}`)
  }
}
