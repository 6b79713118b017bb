/**
 * The server's side of IMAP (RFC 9051, RFC 3501), for tests, demos and loopback: octets in, events out, no I/O.
 *
 *     not authenticated ──LOGIN, AUTHENTICATE (question: login)──► authenticated ──LOGOUT──► closed
 *        ▲      │                                                  commands of mailboxes (question: execute)
 *        └─STARTTLS                                                IDLE … DONE
 *
 * The session knows the connection: encryption, login, what is switched on. What a command does to mailboxes is a question, answered with {@link
 * ImapServerSession.finish}: which one is open is nothing that the session knows. Every command is a question before that, so that a test can
 * break the dialog wherever it likes.
 */

import { assert } from '../base/assert.ts'
import { textOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'
import { CLEAR_TEXT_MECHANISMS } from '../sasl/server-exchange.ts'
import type { ServerExchange, ServerMechanisms, ServerStep } from '../sasl/server-exchange.ts'
import { ServerDialog } from '../wire/server-dialog.ts'
import type { ServerDialogEvent, ServerDialogOptions } from '../wire/server-dialog.ts'
import type { FramedResponse } from './framing.ts'
import type { NameEncoding } from './mailbox-name.ts'
import { readServerCommand, tagOf } from './read-server-command.ts'
import type { ReadCommand } from './read-server-command.ts'
import type { MailboxCommand, SessionCommand } from './server-command.ts'
import { CommandFramer } from './server-framing.ts'

export interface ImapServerOptions extends ServerDialogOptions {
  /** What the server can do beside logging in and STARTTLS: `IMAP4rev1`, `IDLE` … */
  readonly capabilities: readonly string[]
  /** The largest letter that can be appended. */
  readonly sizeLimitOctets: number
  /** Default: PLAIN and LOGIN. */
  readonly mechanisms?: ServerMechanisms
}

/** How a command ends. */
export interface CommandEnd {
  readonly status: 'OK' | 'NO' | 'BAD'
  /** Code and words: `[READ-WRITE] mailbox is open`. */
  readonly text: string
}

export type ImapServerEvent = ServerDialogEvent | ImapOwnEvent

type ImapOwnEvent =
  /** Send these pieces one after another; they are made as they are asked for. */
  | { readonly kind: 'stream'; readonly pieces: Iterable<Uint8Array> }
  /** The client waits for news from now on, until it says something. */
  | { readonly kind: 'idle' }
  /** Question: execute this command? It has no tag, and `{n}` where a literal was. */
  | { readonly kind: 'command'; readonly line: string }
  /** Question: are these credentials right? Who needs no password has proved to be this user. */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret | undefined }
  /** Compress both ways from here on (RFC 4978), behind what was said. */
  | { readonly kind: 'compress' }
  /** Question, answered with {@link ImapServerSession.finish}: do this. */
  | { readonly kind: 'execute'; readonly command: MailboxCommand }

/** What ENABLE can switch on (RFC 5161), and what goes with it. */
const EXTENSIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['CONDSTORE', ['CONDSTORE']],
  ['QRESYNC', ['CONDSTORE', 'QRESYNC']],
  ['UTF8=ACCEPT', ['UTF8=ACCEPT']],
  ['IMAP4REV2', ['IMAP4REV2']],
])

export class ImapServerSession extends ServerDialog<ImapOwnEvent> {
  protected override readonly lastWords = '* BYE too many errors'
  readonly #options: ImapServerOptions
  readonly #framer: CommandFramer
  readonly #mechanisms: ServerMechanisms
  readonly #enabled = new Set<string>()
  #tag = '*'
  #isLoggedIn = false
  #isCompressed = false
  #idleTag: string | undefined
  #awaitsLine: ((line: string) => void) | undefined

  constructor(options: ImapServerOptions) {
    super(options)
    this.#options = options
    this.#mechanisms = options.mechanisms ?? CLEAR_TEXT_MECHANISMS
    this.#framer = new CommandFramer(options.sizeLimitOctets)
  }

  /** What the client has switched on, in upper case. */
  get enabled(): ReadonlySet<string> {
    return this.#enabled
  }

  get nameEncoding(): NameEncoding {
    const isUtf8 = this.#enabled.has('UTF8=ACCEPT') || this.#enabled.has('IMAP4REV2')
    return isUtf8 ? 'utf-8' : 'modified-utf-7'
  }

  /** Whether the client waits for news. */
  get isIdle(): boolean {
    return this.#idleTag !== undefined
  }

  /** The tag of the command that is being answered. */
  get tag(): string {
    return this.#tag
  }

  /** Ends the command that was to be executed, after what there is to be said before. */
  finish(pieces: Iterable<Uint8Array>, end: CommandEnd): ImapServerEvent[] {
    this.takeQuestion()
    this.emit({ kind: 'stream', pieces })
    this.#end(end.status, end.text)
    return this.advance()
  }

  protected override greet(): void {
    this.say(`* OK [CAPABILITY ${this.#capabilities().join(' ')}] ready`)
  }

  protected override push(octets: Uint8Array): void {
    this.#framer.push(octets)
  }

  /** Nothing that came before TLS has an effect (RFC 9051 §6.2.1): nobody can have logged in or switched something on. */
  protected override forget(): void {
    assert(this.#framer.isEmpty, 'nothing was sent between STARTTLS and TLS')
  }

  protected override readNext(): boolean {
    const received = this.#framer.take()
    switch (received.kind) {
      case 'none':
        return false
      case 'literal':
        this.say('+ go on')
        return true
      case 'refused-literal':
        this.refuse(`${tagOf(received.text)} NO [TOOBIG] the literal is too large`)
        return true
      case 'too-long':
        this.close('* BYE [TOOBIG] the command is too long')
        return true
      case 'command':
        this.#take(received.command)
        return true
    }
  }

  #take(framed: FramedResponse): void {
    const line = shownOf(framed)
    if (this.#idleTag !== undefined) return this.#endIdle(line, this.#idleTag)
    const awaits = this.#awaitsLine
    this.#awaitsLine = undefined
    if (awaits !== undefined) return awaits(line)
    const read = readServerCommand(framed, this.nameEncoding)
    this.#tag = read.tag
    const withoutTag = line.slice(line.indexOf(' ') + 1)
    this.ask({ kind: 'command', line: withoutTag }, (reply) => {
      if (reply === undefined) this.#execute(read)
      else this.#sayInstead(reply)
    })
  }

  /** The last line gets the tag, unless it is meant to have none. */
  #sayInstead(reply: string): void {
    const lines = reply.split('\r\n')
    const last = lines.pop() ?? ''
    this.say(...lines, /^[*+]/.test(last) ? last : `${this.#tag} ${last}`)
  }

  #execute(read: ReadCommand): void {
    if (read.kind === 'malformed') return this.refuse(`${read.tag} BAD ${read.problem}`)
    const { command } = read
    switch (command.name) {
      case 'CAPABILITY':
      case 'ID':
      case 'IDLE':
      case 'LOGOUT':
      case 'STARTTLS':
      case 'LOGIN':
      case 'AUTHENTICATE':
      case 'ENABLE':
      case 'COMPRESS':
        return this.#executeHere(command)
      default:
        if (!this.#isLoggedIn && command.name !== 'NOOP') return this.#refuseHere('log in first')
        return this.ask({ kind: 'execute', command }, (reply) => {
          assert(reply !== undefined, 'a command is not executed by a mere yes')
          this.#sayInstead(reply)
        })
    }
  }

  #executeHere(command: SessionCommand): void {
    switch (command.name) {
      case 'CAPABILITY':
        this.say(`* CAPABILITY ${this.#capabilities().join(' ')}`)
        return this.#end('OK', 'that is all')
      case 'ID':
        this.say('* ID ("name" "Obmen mail host")')
        return this.#end('OK', 'nice to meet you')
      case 'LOGOUT':
        return this.close('* BYE goodbye', `${this.#tag} OK done`)
      case 'STARTTLS':
        return this.#startTls()
      case 'IDLE':
        return this.#beginIdle()
      case 'ENABLE':
        return this.#enable(command.extensions)
      case 'COMPRESS':
        return this.#compress(command.algorithm)
      case 'LOGIN':
      case 'AUTHENTICATE':
        return this.#logIn(command)
    }
  }

  #capabilities(): readonly string[] {
    const capabilities = [...this.#options.capabilities]
    if (this.#isLoggedIn) return capabilities
    if (this.offersStartTls) capabilities.push('STARTTLS')
    if (!this.offersLogin) return [...capabilities, 'LOGINDISABLED']
    return [...capabilities, 'SASL-IR', ...this.#mechanisms.names().map((name) => `AUTH=${name}`)]
  }

  #startTls(): void {
    if (!this.offersStartTls || this.#isLoggedIn) {
      return this.#refuseHere('STARTTLS is not offered')
    }
    // A client may not go on talking before TLS. Whoever does is somebody in the middle (CVE-2011-0411).
    if (!this.#framer.isEmpty) return this.close('* BYE commands after STARTTLS came before TLS')
    this.#end('OK', 'start TLS now')
    this.awaitEncryption()
  }

  #logIn(command: Extract<SessionCommand, { name: 'LOGIN' | 'AUTHENTICATE' }>): void {
    if (this.#isLoggedIn) return this.#refuseHere('you are logged in')
    if (!this.offersLogin) {
      return this.refuse(`${this.#tag} NO [PRIVACYREQUIRED] encryption is required to log in`)
    }
    if (command.name === 'LOGIN') {
      return this.#askLogin({ user: command.user, password: new Secret(command.password) })
    }
    const exchange = this.#mechanisms.begin(command.mechanism)
    if (exchange === undefined) return this.refuse(`${this.#tag} NO unknown mechanism`)
    this.#continueExchange(exchange, exchange.start(command.initialResponse))
  }

  #continueExchange(exchange: ServerExchange, step: ServerStep): void {
    switch (step.kind) {
      case 'challenge':
        this.#awaitsLine = (line) => this.#continueExchange(exchange, exchange.next(line))
        return this.say(`+ ${step.text}`)
      case 'cancelled':
        return this.#refuseHere('authentication cancelled')
      case 'malformed':
        return this.#refuseHere('malformed response')
      case 'refused':
        return this.refuse(`${this.#tag} NO [AUTHENTICATIONFAILED] wrong user name or password`)
      case 'login':
        return this.#askLogin(step)
      case 'proven':
        return this.#askLogin({ user: step.user, password: undefined })
    }
  }

  #askLogin({
    user,
    password,
  }: {
    readonly user: string
    readonly password: Secret | undefined
  }): void {
    this.ask({ kind: 'login', user, password }, (reply) => {
      if (reply !== undefined) return this.#sayInstead(reply)
      this.#isLoggedIn = true
      this.#end('OK', `[CAPABILITY ${this.#capabilities().join(' ')}] logged in`)
    })
  }

  #enable(wanted: readonly string[]): void {
    if (!this.#isLoggedIn) return this.#refuseHere('log in first')
    const offered = new Set(this.#options.capabilities.map((name) => name.toUpperCase()))
    const names = wanted.map((name) => name.toUpperCase()).filter((name) => offered.has(name))
    const enabled = names.flatMap((name) => EXTENSIONS.get(name) ?? [])
    for (const name of enabled) this.#enabled.add(name)
    this.say(['* ENABLED', ...names.filter((name) => EXTENSIONS.has(name))].join(' '))
    this.#end('OK', 'done')
  }

  #compress(algorithm: string): void {
    if (!this.#isLoggedIn) return this.#refuseHere('log in first')
    if (!this.#options.capabilities.includes('COMPRESS=DEFLATE') || algorithm !== 'DEFLATE') {
      return this.#refuseHere('no such compression')
    }
    if (this.#isCompressed) {
      return this.refuse(`${this.#tag} NO [COMPRESSIONACTIVE] it is compressed already`)
    }
    // What was sent before the answer came is not compressed, and what follows is.
    if (!this.#framer.isEmpty) return this.close('* BYE commands after COMPRESS came before it')
    this.#isCompressed = true
    this.#end('OK', 'compressed from here')
    this.emit({ kind: 'compress' })
  }

  #beginIdle(): void {
    if (!this.#isLoggedIn) return this.#refuseHere('log in first')
    this.#idleTag = this.#tag
    this.say('+ waiting for news')
    this.emit({ kind: 'idle' })
  }

  #endIdle(line: string, tag: string): void {
    this.#idleTag = undefined
    if (line.toUpperCase() === 'DONE') return this.#end('OK', 'done')
    this.refuse(`${tag} BAD expected DONE`)
  }

  #refuseHere(words: string): void {
    this.refuse(`${this.#tag} BAD ${words}`)
  }

  #end(status: CommandEnd['status'], text: string): void {
    this.say(`${this.#tag} ${status} ${text}`)
  }
}

function shownOf({ texts, literals }: FramedResponse): string {
  return texts
    .map(
      (text, index) =>
        `${textOf(text)}${index < literals.length ? `{${literals[index]?.octetCount}}` : ''}`,
    )
    .join('')
}
