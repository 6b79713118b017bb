import { DatabaseUrlInvalid } from '../errors/value-error.ts'

/** Where a PostgreSQL database is, and which schema of it takes part. */
export interface DatabaseUrl {
  /** A host, or the folder of the server's socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  /** Without it, the server is told the name of the user of this machine. */
  readonly user?: string
  /** `none` for this machine, and where the address says `?tls=none`. */
  readonly tls: 'verified' | 'none'
  readonly schema: string
  /** The address as it was written. */
  readonly text: string
}

const DEFAULT_PORT = 5432

const PARAMETERS: ReadonlySet<string> = new Set(['tls', 'schema', 'host'])

/** Whether a text is meant as the address of a PostgreSQL database, and not as a file. */
export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:/.test(text)
}

/**
 * Reads `postgres://user@host:5432/database`; without a host it is this machine, with `?host=/run/postgresql` the folder of a
 * socket. Connections to another machine are encrypted, and its certificate is verified, unless it says `?tls=none`. Throws
 * {@link DatabaseUrlInvalid}, also for a password in it; the error never shows the text.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const url = URL.parse(text)
  if (url === null) throw new DatabaseUrlInvalid({ kind: 'malformed' })
  if (url.password !== '') throw new DatabaseUrlInvalid({ kind: 'password' })
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name))
  if (unknown !== undefined) throw new DatabaseUrlInvalid({ kind: 'parameter', parameter: unknown })
  const tls = url.searchParams.get('tls')
  if (tls !== null && tls !== 'none') {
    throw new DatabaseUrlInvalid({ kind: 'parameter', parameter: 'tls' })
  }
  const database = decode(url.pathname.slice(1))
  const user = decode(url.username)
  const host = url.searchParams.get('host') ?? (url.hostname === '' ? 'localhost' : url.hostname)
  if (database === '' || database.includes('/') || url.hash !== '') {
    throw new DatabaseUrlInvalid({ kind: 'malformed' })
  }
  return {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    database,
    ...(user !== '' && { user }),
    tls: tls === 'none' || isThisMachine(host) ? 'none' : 'verified',
    schema: url.searchParams.get('schema') ?? 'public',
    text,
  }
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]'].includes(host)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new DatabaseUrlInvalid({ kind: 'malformed' })
  }
}
