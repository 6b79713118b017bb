/** The mail servers that the file named by `MAIL_LAB_JSON` describes. */
import { readFileSync } from 'node:fs'

import {
  type ConnectionOptions,
  type MailServer,
  type PasswordMechanismName,
  Secret,
} from '@obmen/mail/smtp'

export interface LabPort {
  readonly id: string
  readonly server: string
  readonly protocol: 'smtp' | 'pop3' | 'imap'
  readonly host: string
  readonly port: number
  readonly tls: 'none' | 'starttls' | 'implicit'
  /** The mechanisms on offer before TLS. */
  readonly auth_clear: readonly string[]
  /** The mechanisms on offer after TLS, or at once where there is none. */
  readonly auth: readonly string[]
  /** What the server says it can do, after TLS; not every description has it. */
  readonly capabilities?: readonly string[]
}

export interface LabUser {
  readonly address: string
  readonly login: string
  readonly password: string
  readonly cyrus_login?: string
  readonly courier_login?: string
}

export interface Laboratory {
  /** The name in the certificates. */
  readonly name: string
  /** The file of the certificate to trust. */
  readonly ca: string
  readonly users: readonly LabUser[]
  readonly ports: readonly LabPort[]
  /** Addresses with a fate of their own: what happens to them, beginning with the reply code. */
  readonly recipients?: Readonly<Record<string, string>>
  readonly senders?: Readonly<Record<string, string>>
  /** Header fields that a letter is refused for. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A mailbox on the server of one port, and how to log in to it. */
export interface LabMailbox {
  readonly address: string
  readonly user: string
  readonly password: string
}

export interface LabCredentials {
  readonly user: string
  readonly password: string
  readonly mechanism?: PasswordMechanismName
}

/**
 * For every connection of a test. One that a failing test leaves open would otherwise keep the runner waiting until the server tires of
 * it, ten minutes later.
 */
export const BOUNDED: ConnectionOptions = { totalTimeoutMs: 60_000 }

/**
 * How many letters one connection may bring so that all are delivered at once: Exim leaves what is beyond ten of a connection
 * (smtp_accept_queue_per_connection) to the next look at its queue, seconds later.
 */
export function lettersPerConnection({ server }: LabPort): number {
  return server === 'exim' ? 10 : 50
}

/** Here nobody gets in without a certificate of the client. */
const NEED_CLIENT_CERTIFICATE: ReadonlySet<string> = new Set(['postfix-mtls'])

/** Ports with a certificate that must not be trusted. */
const UNTRUSTWORTHY: ReadonlySet<string> = new Set([
  'postfix-expired',
  'postfix-wronghost',
  'postfix-selfsigned',
])

/** Reads the description; without one, says how to get one. */
export function readLaboratory(): Laboratory {
  const file = process.env['MAIL_LAB_JSON']
  if (file === undefined) {
    throw new Error(
      'MAIL_LAB_JSON names no lab.json; start servers with: npm run mail-servers -- up DIR',
    )
  }
  const laboratory: Laboratory = JSON.parse(readFileSync(file, 'utf8'))
  return laboratory
}

/** Logs in by password: what every port that offers it has to understand. */
export function passwordPorts(
  { ports }: Laboratory,
  protocol: LabPort['protocol'],
): readonly LabPort[] {
  return ports.filter(
    (port) => port.protocol === protocol && isUsable(port) && takesPassword(port.auth),
  )
}

/** The SMTP ports that take letters from anybody. */
export function openPorts({ ports }: Laboratory): readonly LabPort[] {
  return ports.filter(
    (port) => port.protocol === 'smtp' && isUsable(port) && port.auth.length === 0,
  )
}

/** The SMTP ports that a letter can be sent by. */
export function sendingPorts(laboratory: Laboratory): readonly LabPort[] {
  return [...passwordPorts(laboratory, 'smtp'), ...openPorts(laboratory)]
}

/** The first port of each server: for what depends on the server, not on how the connection is encrypted. */
export function onePerServer(ports: readonly LabPort[]): readonly LabPort[] {
  return ports.filter((port) => ports.find(({ server }) => server === port.server)?.id === port.id)
}

/** The first port of each server, and the first with STARTTLS if that is another. */
export function onePerSecurity(ports: readonly LabPort[]): readonly LabPort[] {
  const encrypted = onePerServer(ports.filter(({ tls }) => tls === 'starttls'))
  return [...new Set([...onePerServer(ports), ...encrypted])]
}

/** Whether a list of mechanisms has one that this package knows. */
export function takesPassword(mechanisms: readonly string[]): boolean {
  return mechanisms.some((name) => /^PLAIN$|^LOGIN$|USER\/PASS/.test(name))
}

/** Whether a port offers CHUNKING (RFC 3030), as far as its description says. */
export function takesChunks(port: LabPort): boolean {
  return offers(port, 'CHUNKING')
}

/** Whether a port offers an extension, as far as its description says. */
export function offers({ capabilities = [] }: LabPort, keyword: string): boolean {
  return capabilities.some((line) => line.split(' ', 1)[0] === keyword)
}

/** The mailbox of a user in the store that a POP3 port opens; `undefined` when the user has none there. */
export function mailboxAt(port: LabPort, user: LabUser): LabMailbox | undefined {
  const { address, login, password } = user
  if (port.server !== 'cyrus' && port.server !== 'courier') {
    return { address, user: login, password }
  }
  const storeLogin = port.server === 'cyrus' ? user.cyrus_login : user.courier_login
  if (storeLogin === undefined) return undefined
  return { address: storeLogin, user: storeLogin, password }
}

/** Without credentials, a server that nobody logs in to. */
export function toMailServer(
  laboratory: Laboratory,
  port: LabPort,
  credentials?: LabCredentials,
): MailServer {
  return {
    host: port.host,
    port: port.port,
    tls: port.tls,
    servername: laboratory.name,
    ca: readFileSync(laboratory.ca, 'utf8'),
    ...(credentials && {
      credentials: { ...credentials, password: new Secret(credentials.password) },
    }),
  }
}

function isUsable({ id }: LabPort): boolean {
  return !NEED_CLIENT_CERTIFICATE.has(id) && !UNTRUSTWORTHY.has(id)
}
