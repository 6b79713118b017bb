import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { ServerMechanisms } from '../sasl/server-exchange.ts'
import type { ArrivingLetter, FaultHooks, HostProtocol } from './fate.ts'
import { LetterDelivery } from './letter-delivery.ts'
import { MailHostAccounts, type MailHostAccount } from './mail-host-accounts.ts'
import type { Mailbox } from './mailbox.ts'
import { type HostMechanism, hostMechanisms } from './sasl/host-mechanisms.ts'
import { serveImap } from './serve-imap.ts'
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
  /** The ways to log in. Default: PLAIN and LOGIN. */
  readonly mechanisms?: readonly HostMechanism[]
  /** What IMAP is to do without: names of its capabilities, as `IDLE`. What revision 2 includes has to go with `IMAP4rev2`. Default: nothing. */
  readonly imapWithout?: readonly string[]
  /** The largest letter, announced with SIZE and APPENDLIMIT. Default: 32 MiB. */
  readonly sizeLimitOctets?: number
  /** Default: any free port for each. */
  readonly ports?: Partial<Record<HostPort, number>>
  /**
   * Where the letters are kept, as `<folder>/<address>/<uid>.eml`, so that they survive a restart. Default: in memory.
   */
  readonly folder?: string
  /** The clock of the Received field and of INTERNALDATE. Default: the real one. */
  readonly now?: () => Date
}

/** `smtps`, `pop3s` and `imaps` exist with `tls` only. */
export type HostPort = 'smtp' | 'smtps' | 'pop3' | 'pop3s' | 'imap' | 'imaps'

export interface HostEndpoint {
  readonly host: '127.0.0.1'
  readonly port: number
}

/** A running mail host. */
export interface MailHost extends AsyncDisposable {
  readonly smtp: HostEndpoint
  readonly pop3: HostEndpoint
  readonly imap: HostEndpoint
  /** SMTP with TLS from the first octet; `undefined` without `tls`. */
  readonly smtps: HostEndpoint | undefined
  /** POP3 with TLS from the first octet; `undefined` without `tls`. */
  readonly pop3s: HostEndpoint | undefined
  /** IMAP with TLS from the first octet; `undefined` without `tls`. */
  readonly imaps: HostEndpoint | undefined
  /** The letters that met the fate `hold`, oldest first. */
  readonly held: readonly ArrivingLetter[]

  /**
   * The mailbox that letters for an address come into, or another of the account by the name that IMAP calls it: `Sent`, `Обмен/Склад`.
   *
   * @throws RangeError when no account has this address, or there is no such mailbox.
   */
  mailbox(address: string, name?: string): Mailbox

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
 * Starts a mail host in this process: SMTP in, POP3 and IMAP out, over the same mailboxes, on real sockets of 127.0.0.1 and nowhere else. For tests, demos and
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
 * console.log(`SMTP on port ${host.smtp.port}, IMAP on port ${host.imap.port}`)
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
type ServeState = (
  connection: ServerConnection,
  state: { readonly isEncrypted: boolean },
) => Promise<void>

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
    const { accounts, folder, now = (): Date => new Date() } = options
    this.#accounts = new MailHostAccounts(accounts, { folder, now })
    this.#secureContext = options.tls && createSecureContext(options.tls)
    this.#delivery = new LetterDelivery({
      hostName: HOST_NAME,
      now,
      findMailbox: (address) => this.#accounts.find(address)?.inbox,
      onLetter: options.onLetter,
    })
  }

  async listen(): Promise<void> {
    const serve: Readonly<Record<HostProtocol, ServeState>> = {
      smtp: (connection, state) => this.#serveSmtp(connection, state),
      pop3: (connection, state) => this.#servePop3(connection, state),
      imap: (connection, state) => this.#serveImap(connection, state),
    }
    const secureContext = this.#secureContext
    for (const protocol of ['smtp', 'pop3', 'imap'] as const) {
      await this.#open(protocol, (connection) =>
        serve[protocol](connection, { isEncrypted: false }),
      )
      if (secureContext === undefined) continue
      await this.#open(`${protocol}s`, (connection) => {
        connection.encrypt(secureContext)
        return serve[protocol](connection, { isEncrypted: true })
      })
    }
  }

  get smtp(): HostEndpoint {
    return this.#endpoint('smtp')
  }

  get pop3(): HostEndpoint {
    return this.#endpoint('pop3')
  }

  get imap(): HostEndpoint {
    return this.#endpoint('imap')
  }

  get smtps(): HostEndpoint | undefined {
    return this.#endpoints.get('smtps')
  }

  get pop3s(): HostEndpoint | undefined {
    return this.#endpoints.get('pop3s')
  }

  get imaps(): HostEndpoint | undefined {
    return this.#endpoints.get('imaps')
  }

  get held(): readonly ArrivingLetter[] {
    return this.#delivery.held
  }

  mailbox(address: string, name: string = 'INBOX'): Mailbox {
    const tree = this.#accounts.find(address)
    if (tree === undefined) throw new RangeError(`no account has the address ${address}`)
    return tree.get(name)
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
    const asksForCertificate = this.#accounts.knowsCertificates
    const connection = new ServerConnection(socket, { asksForCertificate })
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
        ...this.#loginPolicy(connection, state),
        hostName: HOST_NAME,
        sizeLimitOctets: this.#options.sizeLimitOctets ?? SIZE_LIMIT_OCTETS,
        offersChunking: this.#options.offersChunking ?? true,
        requiresLogin: this.#options.requiresLogin ?? false,
      },
      secureContext: this.#secureContext,
      delivery: this.#delivery,
      isUser: (user, password) => this.#accounts.logIn(user, password) !== undefined,
      onCommand: this.#options.onCommand,
    })
  }

  #servePop3(connection: ServerConnection, state: { isEncrypted: boolean }): Promise<void> {
    return servePop3(connection, {
      session: this.#loginPolicy(connection, state),
      secureContext: this.#secureContext,
      openMailbox: (user, password) => this.#accounts.logIn(user, password)?.inbox,
      onCommand: this.#options.onCommand,
    })
  }

  #serveImap(connection: ServerConnection, state: { isEncrypted: boolean }): Promise<void> {
    return serveImap(connection, {
      session: {
        ...this.#loginPolicy(connection, state),
        sizeLimitOctets: this.#options.sizeLimitOctets ?? SIZE_LIMIT_OCTETS,
      },
      without: this.#options.imapWithout ?? [],
      secureContext: this.#secureContext,
      openMailboxes: (user, password) => this.#accounts.logIn(user, password),
      onCommand: this.#options.onCommand,
    })
  }

  #loginPolicy(
    connection: ServerConnection,
    { isEncrypted }: { isEncrypted: boolean },
  ): {
    isEncrypted: boolean
    offersStartTls: boolean
    allowsClearTextLogin: boolean
    mechanisms: ServerMechanisms
  } {
    const hasTls = this.#secureContext !== undefined
    const allowsClearTextLogin = this.#options.allowsClearTextLogin ?? !hasTls
    const accounts = this.#accounts
    const mechanisms = hostMechanisms(this.#options.mechanisms ?? ['PLAIN', 'LOGIN'], {
      passwordOf: (user) => accounts.passwordOf(user),
      tokenOf: (user) => accounts.tokenOf(user),
      userOfCertificate: (fingerprint) => accounts.userOfCertificate(fingerprint),
      isEncrypted: () => connection.isEncrypted,
      channelBinding: (type) => connection.channelBinding(type),
      fingerprint: () => connection.fingerprint,
    })
    return { isEncrypted, offersStartTls: hasTls, allowsClearTextLogin, mechanisms }
  }

  #endpoint(name: HostPort): HostEndpoint {
    const endpoint = this.#endpoints.get(name)
    if (endpoint === undefined) throw new TypeError(`the mail host does not listen for ${name}`)
    return endpoint
  }
}
