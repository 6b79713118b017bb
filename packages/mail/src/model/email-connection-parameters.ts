import type { MailServer } from '../net/mail-server.ts'
import type { ProxyServer } from '../net/proxy-server.ts'
import { DEFAULT_DEADLINES, type Deadlines } from '../wire/deadlines.ts'
import { toMilliseconds, type Duration } from './duration.ts'
import type { EmailAuthentication } from './email-authentication.ts'
import { IllegalArgumentException } from './exception.ts'
import { readArguments } from './named-arguments.ts'
import type { SecureConnectionParameters } from './secure-connection-parameters.ts'
import { printAs } from './print-as.ts'
import { quoted } from './quoted.ts'

/** RFC 793 §3.1: a port has sixteen bits; 0 is none. */
const MAX_PORT = 65_535

/** Blanks, line breaks and other controls: a name with one of them was copied badly, and nothing answers to it. */
const NOT_IN_HOST = /[\p{C}\p{Z}]/u

/** As the proposal for the object model has it; longer than a lost SYN takes to be repeated four times. */
const CONNECTION_TIMEOUT_MS = 30_000

/** As the proposal for the object model has it; RFC 5321 §4.5.3.2 has more, and 0 stands for that. */
const DATA_TRANSFER_TIMEOUT_MS = 60_000

/** The arguments of all connection parameters by name; every property can be set by it. */
export interface EmailConnectionArguments {
  readonly server: string
  readonly port?: number
  readonly authentication?: EmailAuthentication | undefined
  readonly useSsl?: boolean
  readonly allowStartTls?: boolean
  readonly connectionTimeout?: Duration
  readonly dataTransferTimeout?: Duration
  readonly secureParameters?: SecureConnectionParameters | undefined
  readonly servername?: string | undefined
  readonly pins?: readonly string[] | undefined
  readonly proxy?: ProxyServer | undefined
}

const ARGUMENT_NAMES = [
  'server',
  'port',
  'authentication',
  'useSsl',
  'allowStartTls',
  'connectionTimeout',
  'dataTransferTimeout',
  'secureParameters',
  'servername',
  'pins',
  'proxy',
] as const

/** A mail server, how to reach it, and who to log in as: what the parameters of all protocols have in common. */
export abstract class EmailConnectionParameters {
  /** The port where TLS begins with the first octet. */
  protected abstract readonly implicitTlsPort: number
  #server = ''
  #port = 0
  #useSsl: boolean | undefined
  #connectionTimeout = CONNECTION_TIMEOUT_MS
  #dataTransferTimeout = DATA_TRANSFER_TIMEOUT_MS

  /** Who to log in as. `undefined`: no login, as at a relay in the own network. */
  authentication: EmailAuthentication | undefined
  /**
   * Whether a connection that does not begin with TLS is encrypted by STARTTLS. By default it is, and it must be: a server that does not offer STARTTLS gets neither
   * the credentials nor the letter. With this *and* {@link useSsl} off everything goes in clear text, and that is the only way to it.
   */
  allowStartTls = true
  /** Whom to trust in TLS, and what to show there. */
  secureParameters: SecureConnectionParameters | undefined
  /** The name that the server's certificate must have; by default {@link server}. An extension. */
  servername: string | undefined
  /**
   * The keys that the server's certificate may have, besides being valid: `sha256/` and the base64 of the SHA-256 of its SubjectPublicKeyInfo (RFC 7469 §2.4), that of the next
   * key as well. An extension; `MailServer` of `@obmen/mail/smtp` says how to compute it.
   */
  pins: readonly string[] | undefined
  /** By which way the server is reached: through SOCKS5 or HTTP CONNECT; by default directly. An extension. */
  proxy: ProxyServer | undefined

  protected constructor(given: EmailConnectionArguments & { readonly port: number }) {
    const { useSsl, connectionTimeout, dataTransferTimeout } = given
    this.server = given.server
    this.port = given.port
    this.authentication = given.authentication
    this.secureParameters = given.secureParameters
    this.servername = given.servername
    this.pins = given.pins
    this.proxy = given.proxy
    this.#useSsl = useSsl
    this.allowStartTls = given.allowStartTls ?? true
    if (connectionTimeout !== undefined) this.connectionTimeout = connectionTimeout
    if (dataTransferTimeout !== undefined) this.dataTransferTimeout = dataTransferTimeout
  }

  /**
   * A host name or an IP address.
   *
   * @throws IllegalArgumentException when it is set to nothing, or to a text with a blank or a control character in it.
   */
  get server(): string {
    return this.#server
  }

  set server(server: string) {
    if (!isText(server) || server.trim() === '') {
      throw new IllegalArgumentException('the server has no name')
    }
    if (NOT_IN_HOST.test(server)) {
      throw new IllegalArgumentException(`${quoted(server)} is no host name and no IP address`)
    }
    this.#server = server
  }

  /** From 1 to 65535. @throws IllegalArgumentException when it is set to anything else. */
  get port(): number {
    return this.#port
  }

  set port(port: number) {
    if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException(`${port} is no port: a port is from 1 to ${MAX_PORT}`)
    }
    this.#port = port
  }

  /** Whether TLS begins with the first octet. As long as it isn't set, that goes by the port: at 465 (SMTP), 993 (IMAP), 995 (POP3). */
  get useSsl(): boolean {
    return this.#useSsl ?? this.#port === this.implicitTlsPort
  }

  set useSsl(useSsl: boolean) {
    this.#useSsl = useSsl
  }

  /**
   * How long to wait for the connection and then for TLS, in milliseconds; it may be set as `{ seconds: 30 }`. By default 30 seconds, which is this package's choice.
   *
   * @throws IllegalArgumentException when it is set to a negative time.
   */
  get connectionTimeout(): number {
    return this.#connectionTimeout
  }

  set connectionTimeout(duration: Duration) {
    this.#connectionTimeout = toMilliseconds('the connectionTimeout', duration)
  }

  /**
   * How long to wait for an answer, and for a piece of a letter to get through, in milliseconds; it may be set as `{ seconds: 60 }`. By default 60 seconds, which is this package's
   * choice. 0 stands for the times of RFC 5321 §4.5.3.2. The answer to a whole letter is awaited for ten minutes at least: giving up there makes duplicates (RFC 1047).
   *
   * @throws IllegalArgumentException when it is set to a negative time.
   */
  get dataTransferTimeout(): number {
    return this.#dataTransferTimeout
  }

  set dataTransferTimeout(duration: Duration) {
    this.#dataTransferTimeout = toMilliseconds('the dataTransferTimeout', duration)
  }

  /** The same for `@obmen/mail/smtp` and `@obmen/mail/pop3`. Without credentials that would be `authentication.credentials`. */
  get mailServer(): MailServer {
    const credentials = this.authentication?.credentials
    const { servername, pins, proxy } = this
    return {
      host: this.#server,
      port: this.#port,
      tls: this.useSsl ? 'implicit' : this.allowStartTls ? 'starttls' : 'none',
      ...this.secureParameters?.serverOptions,
      ...(servername && { servername }),
      // What is there and is none is refused when connecting: who names a key or a proxy is not to go without.
      ...(isThere(pins) && { pins }),
      ...(isThere(proxy) && { proxy }),
      ...(credentials && { credentials }),
    }
  }

  /** The time-outs as the engines take them, for each phase. */
  get deadlines(): Partial<Deadlines> {
    const connection = this.#connectionTimeout
    const limits = connection === 0 ? {} : { connectMs: connection, tlsMs: connection }
    const transfer = this.#dataTransferTimeout
    if (transfer === 0) return limits
    return {
      ...limits,
      greetingMs: transfer,
      commandMs: transfer,
      mailMs: transfer,
      rcptMs: transfer,
      dataMs: transfer,
      contentMs: transfer,
      contentEndMs: Math.max(transfer, DEFAULT_DEADLINES.contentEndMs),
      quitMs: transfer,
    }
  }

  toJSON(): object {
    const { server, port, useSsl, allowStartTls, authentication } = this
    return { server, port, useSsl, allowStartTls, authentication }
  }
}

printAs(
  EmailConnectionParameters,
  (parameters) => `${parameters.constructor.name} ${JSON.stringify(parameters)}`,
)

/** Nothing is `null` where it comes from a file. */
function isThere<Setting>(setting: Setting): setting is NonNullable<Setting> {
  return setting !== undefined && setting !== null
}

/** A setting that is missing somewhere is `undefined` where nobody writes types. */
function isText(server: unknown): boolean {
  return typeof server === 'string'
}

/** What the constructors take: the first three in a row, or all by name. */
export function connectionArguments(
  server: string | EmailConnectionArguments,
  rest: Pick<EmailConnectionArguments, 'authentication' | 'secureParameters'> & {
    readonly port: number
  },
): EmailConnectionArguments & { readonly port: number } {
  if (typeof server === 'string') return { server, ...rest }
  const given = readArguments(server, ARGUMENT_NAMES)
  return { ...given, port: given.port ?? rest.port }
}
