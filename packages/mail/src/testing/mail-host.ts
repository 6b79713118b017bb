import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ArrivingLetter, FaultHooks } from './fate.ts'
import { LetterDelivery } from './letter-delivery.ts'
import { MailHostAccounts, type MailHostAccount } from './mail-host-accounts.ts'
import type { Mailbox } from './mailbox.ts'
import { servePop3 } from './serve-pop3.ts'
import { serveSmtp } from './serve-smtp.ts'
import { ServerConnection } from './server-connection.ts'

const LOOPBACK = '127.0.0.1'
const HOST_NAME = 'mail.test'
/** Room for a letter of 20 MB in base64. */
const SIZE_LIMIT_OCTETS = 32 * 1024 * 1024

export interface MailHostOptions extends FaultHooks {
  readonly accounts: readonly MailHostAccount[]
  /** Key and certificate, PEM. Offers STARTTLS and STLS, and opens the ports that are TLS from the beginning. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Whether passwords are taken on a connection without TLS. Default: only when the host has no TLS. */
  readonly allowsClearTextLogin?: boolean
  /** Whether a client must log in to send. Default: no, as for mail from other hosts. */
  readonly requiresLogin?: boolean
  /**
   * Whether content may come with BDAT (CHUNKING and BINARYMIME, RFC 3030). Default: yes. Without it a client can't send a second letter whole before it
   * knows what became of the first, as with most older servers.
   */
  readonly offersChunking?: boolean
  /** The largest letter, announced with SIZE. Default: 32 MiB. */
  readonly sizeLimitOctets?: number
  /** Default: any free port for each. */
  readonly ports?: Partial<Record<HostPort, number>>
  /**
   * Where the letters are kept, as `<folder>/<address>/<uid>.eml`, so that they survive a restart. Default: in memory.
   */
  readonly folder?: string
  /** The clock of the Received field. Default: the real one. */
  readonly now?: () => Date
}

/** `smtps` and `pop3s` exist with `tls` only. */
export type HostPort = 'smtp' | 'smtps' | 'pop3' | 'pop3s'

export interface HostEndpoint {
  readonly host: '127.0.0.1'
  readonly port: number
}

/** A running mail host. */
export interface MailHost extends AsyncDisposable {
  readonly smtp: HostEndpoint
  readonly pop3: HostEndpoint
  /** SMTP with TLS from the first octet; `undefined` without `tls`. */
  readonly smtps: HostEndpoint | undefined
  /** POP3 with TLS from the first octet; `undefined` without `tls`. */
  readonly pop3s: HostEndpoint | undefined
  /** The letters that met the fate `hold`, oldest first. */
  readonly held: readonly ArrivingLetter[]

  /** @throws RangeError when no account has this address. */
  mailbox(address: string): Mailbox

  /**
   * Delivers held letters in the order given. Default: all, oldest first.
   *
   * @throws RangeError for a letter that is not held.
   */
  release(letters?: readonly ArrivingLetter[]): void

  /**
   * Closes the ports and breaks every connection. Held letters are lost, what lies in mailboxes stays readable. Can be called again.
   *
   * @throws whatever a fault hook or the disk threw while a client was served; AggregateError when it was more than one.
   */
  close(): Promise<void>
}

/**
 * Starts a mail host in this process: SMTP in, POP3 out, on real sockets of 127.0.0.1 and nowhere else. For tests, demos and
 * loopback; it relays nothing.
 *
 * @throws the error of `listen` when a port is taken.
 *
 * @example
 * ```ts
 * import { startMailHost } from '@obmen/mail/testing'
 *
 * await using host = await startMailHost({
 *   accounts: [{ address: 'office@example.org', password: 'tanstaaf' }],
 *   onLetter: (letter) => ({ kind: letter.number === 2 ? 'lose' : 'deliver' }),
 * })
 * console.log(`SMTP on port ${host.smtp.port}, POP3 on port ${host.pop3.port}`)
 * ```
 */
export async function startMailHost(options: MailHostOptions): Promise<MailHost> {
  const host = new LoopbackMailHost(options)
  try {
    await host.listen()
  } catch (error) {
    await host.close()
    throw error
  }
  return host
}

type Serve = (connection: ServerConnection) => Promise<void>

class LoopbackMailHost implements MailHost {
  readonly #options: MailHostOptions
  readonly #accounts: MailHostAccounts
  readonly #delivery: LetterDelivery
  readonly #secureContext: SecureContext | undefined
  readonly #servers = new Map<HostPort, Server>()
  readonly #connections = new Set<ServerConnection>()
  readonly #endpoints = new Map<HostPort, HostEndpoint>()
  #failures: unknown[] = []

  constructor(options: MailHostOptions) {
    this.#options = options
    this.#accounts = new MailHostAccounts(options.accounts, options.folder)
    this.#secureContext = options.tls && createSecureContext(options.tls)
    this.#delivery = new LetterDelivery({
      hostName: HOST_NAME,
      now: options.now ?? (() => new Date()),
      findMailbox: (address) => this.#accounts.find(address),
      onLetter: options.onLetter,
    })
  }

  async listen(): Promise<void> {
    await this.#open('smtp', (connection) => this.#serveSmtp(connection, { isEncrypted: false }))
    await this.#open('pop3', (connection) => this.#servePop3(connection, { isEncrypted: false }))
    const secureContext = this.#secureContext
    if (secureContext === undefined) return
    await this.#open('smtps', (connection) => {
      connection.encrypt(secureContext)
      return this.#serveSmtp(connection, { isEncrypted: true })
    })
    await this.#open('pop3s', (connection) => {
      connection.encrypt(secureContext)
      return this.#servePop3(connection, { isEncrypted: true })
    })
  }

  get smtp(): HostEndpoint {
    return this.#endpoint('smtp')
  }

  get pop3(): HostEndpoint {
    return this.#endpoint('pop3')
  }

  get smtps(): HostEndpoint | undefined {
    return this.#endpoints.get('smtps')
  }

  get pop3s(): HostEndpoint | undefined {
    return this.#endpoints.get('pop3s')
  }

  get held(): readonly ArrivingLetter[] {
    return this.#delivery.held
  }

  mailbox(address: string): Mailbox {
    const mailbox = this.#accounts.find(address)
    if (mailbox === undefined) throw new RangeError(`no account has the address ${address}`)
    return mailbox
  }

  release(letters: readonly ArrivingLetter[] = this.held): void {
    this.#delivery.release(letters)
  }

  async close(): Promise<void> {
    this.#delivery.close()
    const servers = [...this.#servers.values()]
    this.#servers.clear()
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
    for (const connection of this.#connections) connection.destroy()
    await Promise.all(closed)
    const failures = this.#failures
    this.#failures = []
    if (failures.length > 1) throw new AggregateError(failures, 'the mail host failed')
    if (failures.length === 1) throw failures[0]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(name: HostPort, serve: Serve): Promise<void> {
    const server = createServer((socket) => this.#accept(socket, serve))
    this.#servers.set(name, server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#options.ports?.[name] ?? 0, LOOPBACK, resolve)
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('not a TCP server')
    this.#endpoints.set(name, { host: LOOPBACK, port: address.port })
  }

  #accept(socket: Socket, serve: Serve): void {
    const connection = new ServerConnection(socket)
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
    serve(connection).then(
      () => connection.end(),
      (failure: unknown) => {
        this.#failures.push(failure)
        connection.destroy()
      },
    )
  }

  #serveSmtp(connection: ServerConnection, state: { isEncrypted: boolean }): Promise<void> {
    return serveSmtp(connection, {
      session: {
        ...this.#loginPolicy(state),
        hostName: HOST_NAME,
        sizeLimitOctets: this.#options.sizeLimitOctets ?? SIZE_LIMIT_OCTETS,
        offersChunking: this.#options.offersChunking ?? true,
        requiresLogin: this.#options.requiresLogin ?? false,
      },
      secureContext: this.#secureContext,
      delivery: this.#delivery,
      isPassword: (user, password) => this.#accounts.logIn(user, password) !== undefined,
      onCommand: this.#options.onCommand,
    })
  }

  #servePop3(connection: ServerConnection, state: { isEncrypted: boolean }): Promise<void> {
    return servePop3(connection, {
      session: this.#loginPolicy(state),
      secureContext: this.#secureContext,
      openMailbox: (user, password) => this.#accounts.logIn(user, password),
      onCommand: this.#options.onCommand,
    })
  }

  #loginPolicy({ isEncrypted }: { isEncrypted: boolean }): {
    isEncrypted: boolean
    offersStartTls: boolean
    allowsClearTextLogin: boolean
  } {
    const hasTls = this.#secureContext !== undefined
    const allowsClearTextLogin = this.#options.allowsClearTextLogin ?? !hasTls
    return { isEncrypted, offersStartTls: hasTls, allowsClearTextLogin }
  }

  #endpoint(name: HostPort): HostEndpoint {
    const endpoint = this.#endpoints.get(name)
    if (endpoint === undefined) throw new TypeError(`the mail host does not listen for ${name}`)
    return endpoint
  }
}
