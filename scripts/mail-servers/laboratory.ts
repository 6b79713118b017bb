/** Where a set of mail servers lives: everything they read and write is below one folder. */
export interface Laboratory {
  readonly folder: string
  readonly tls: CertificatePaths
}

export interface CertificatePaths {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

/** One listening port, in the words of lab.json. */
export interface LaboratoryPort {
  readonly id: string
  readonly server: 'postfix' | 'dovecot'
  readonly protocol: 'smtp' | 'pop3' | 'imap'
  readonly host: string
  readonly port: number
  readonly tls: 'none' | 'starttls' | 'implicit'
}

export const HOST = '127.0.0.1'

/**
 * Where Dovecot insists on STARTTLS: its settings differ by the address that was called, not by the port. Every Linux
 * answers on all of 127.0.0.0/8.
 */
export const STRICT_HOST = '127.0.0.2'

/** The name in the certificate; no resolver knows it. */
export const SERVER_NAME = 'mx.lab.test'

export const DOMAIN = 'lab.test'

export const USERS: readonly { readonly name: string; readonly password: string }[] = [
  { name: 'hub', password: 'hub password' },
  { name: 'wh1', password: 'wh1-password' },
  { name: 'wh2', password: 'wh2 "quoted" \\ password' },
]

/** What Dovecot offers, to its own clients and through Postfix. */
export const MECHANISMS: readonly string[] = [
  'PLAIN',
  'LOGIN',
  'CRAM-MD5',
  'SCRAM-SHA-1',
  'SCRAM-SHA-256',
]

/** Far from what a machine usually listens on, and below the ports that systems give to outgoing connections. */
const FIRST_PORT = 23501

const WAYS = ['none', 'starttls', 'implicit'] as const

/** Every protocol in each of the three ways, on ports that follow one another. */
export const PORTS: readonly LaboratoryPort[] = (['smtp', 'pop3', 'imap'] as const).flatMap(
  (protocol, row) =>
    WAYS.map((tls, column) => {
      const server = protocol === 'smtp' ? 'postfix' : 'dovecot'
      const host = server === 'dovecot' && tls === 'starttls' ? STRICT_HOST : HOST
      const port = FIRST_PORT + row * WAYS.length + column
      return { id: `${protocol}-${tls}`, server, protocol, host, port, tls }
    }),
)

/** The content of lab.json: what a test has to know to use the servers. */
export function describeLaboratory({ tls }: Laboratory): object {
  return {
    host: HOST,
    name: SERVER_NAME,
    ca: tls.ca,
    users: USERS.map(({ name, password }) => {
      const address = `${name}@${DOMAIN}`
      return { address, login: address, password }
    }),
    ports: PORTS.map((port) => ({
      ...port,
      auth_clear: port.tls === 'none' ? offered(port) : [],
      auth: offered(port),
    })),
  }
}

function offered({ protocol }: LaboratoryPort): string[] {
  const commands = { smtp: [], pop3: ['(USER/PASS)', '(APOP)'], imap: ['(LOGIN command)'] }
  return [...MECHANISMS, ...commands[protocol]]
}
