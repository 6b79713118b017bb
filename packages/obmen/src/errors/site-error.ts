import { ObmenError } from './obmen-error.ts'

/** Several workers were wanted on a database that one process works on at a time. */
export class WorkersNeedPostgresql extends ObmenError {
  readonly code = 'WORKERS_NEED_POSTGRESQL'
  readonly transient = false

  constructor() {
    super('only a PostgreSQL database can be shared by workers', {
      hint: 'on SQLite one process does all: obmen exchange --watch',
    })
  }
}

/** The database file that the configuration names does not exist. None is made: it belongs to the application. */
export class DatabaseNotFound extends ObmenError {
  readonly code = 'DATABASE_NOT_FOUND'
  readonly transient = false
  readonly path: string

  constructor(path: string) {
    super(`there is no database ${path}`, {
      hint: 'check "database": the application makes the file, Obmen only takes part in it',
    })
    this.path = path
  }
}

/** The database can't be read or written. */
export class DatabaseUnusable extends ObmenError {
  readonly code = 'DATABASE_UNUSABLE'
  readonly transient = false
  /** What the database says. */
  readonly words: string
  /**
   * `read-only`: it can be read only; `closed`: it can't even be opened, or its journal can't. `denied`: the PostgreSQL server does not let
   * this user in, or not do what is needed; `server`: it says something else.
   */
  readonly problem: 'read-only' | 'closed' | 'denied' | 'server' | 'other'

  constructor(
    words: string,
    problem: DatabaseUnusable['problem'] = 'other',
    facts: { readonly cause?: unknown } = {},
  ) {
    super(describeDatabaseProblem(words, problem), {
      ...facts,
      hint: DATABASE_HINTS[problem],
    })
    this.words = words
    this.problem = problem
  }
}

const WRITABLE_HINT =
  'give this user the right to write to the file and to its folder, where SQLite makes a journal'

const DATABASE_HINTS: Readonly<Record<DatabaseUnusable['problem'], string>> = {
  'read-only': WRITABLE_HINT,
  closed: WRITABLE_HINT,
  denied:
    'check user, password (OBMEN_DATABASE_PASSWORD, "databasePassword" or ~/.pgpass) and the name of the database; the user must own the tables, see all rows of them (BYPASSRLS), and may CREATE in the database',
  server: 'look into the log of the PostgreSQL server',
  other:
    'check that the file is a SQLite database and that this user may write to it and to its folder',
}

/** The server of the database does not answer, or has ended the connection. Nothing is left half done. */
export class DatabaseUnreachable extends ObmenError {
  readonly code = 'DATABASE_UNREACHABLE'
  readonly transient = true
  /** Its address, without a password. */
  readonly address: string
  readonly words: string

  constructor(address: string, words: string, facts: { readonly cause?: unknown } = {}) {
    super(`the database ${address} can't be reached: ${words}`, {
      ...facts,
      hint: 'check that the PostgreSQL server runs, and host and port in "database"; a server without TLS needs ?tls=none',
    })
    this.address = address
    this.words = words
  }
}

function describeDatabaseProblem(words: string, problem: DatabaseUnusable['problem']): string {
  switch (problem) {
    case 'read-only':
      return `the database can't be written to: the file or its folder is read-only (${words})`
    case 'closed':
      return `the database or its journal can't be opened: ${words}`
    case 'denied':
      return `the database does not let this user do it: ${words}`
    case 'server':
    case 'other':
      return `the database can't be used: ${words}`
  }
}

/** What a disk is needed for: a file or folder, or the database, which SQLite does not name. */
export type DiskPlace =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'database' }

/** The disk is full, or does not work. Nothing is left half done; what was received before is kept. */
export class DiskUnusable extends ObmenError {
  readonly code = 'DISK_UNUSABLE'
  readonly transient = false
  readonly place: DiskPlace
  readonly problem: 'full' | 'failing'

  constructor(
    place: DiskPlace,
    problem: DiskUnusable['problem'],
    facts: { readonly cause?: unknown } = {},
  ) {
    const file = place.kind === 'database' ? 'the database' : place.path || 'a file'
    super(
      problem === 'full'
        ? `${file} can't be written to: the disk is full`
        : `${file} can't be used: the disk reports an error`,
      {
        ...facts,
        hint:
          problem === 'full'
            ? 'make room on that disk and run the command again: it goes on from here'
            : 'check that disk, how much this user may write to it, and the share if it is one of the network',
      },
    )
    this.place = place
    this.problem = problem
  }
}

/** Another program holds the database, and did so for as long as was waited. */
export class DatabaseBusy extends ObmenError {
  readonly code = 'DATABASE_BUSY'
  readonly transient = true

  constructor(facts: { readonly cause?: unknown } = {}) {
    super('the database is busy: another program has been writing to it for some time', {
      ...facts,
      hint: 'try again; if it stays so, look for a program that keeps a transaction open',
    })
  }
}

/** Another exchange on this database is under way. */
export class ExchangeRunning extends ObmenError {
  readonly code = 'EXCHANGE_RUNNING'
  readonly transient = true
  /** The file that the other exchange holds. */
  readonly lockPath: string

  constructor(lockPath: string) {
    super('another exchange on this database is under way', {
      hint: 'wait until it has ended; nothing has to be removed, also when it was killed',
    })
    this.lockPath = lockPath
  }
}

/** A row that is not among those that the database refused. */
export class RefusedRowUnknown extends ObmenError {
  readonly code = 'REFUSED_ROW_UNKNOWN'
  readonly transient = false
  readonly table: string
  /** As JSON. */
  readonly key: string

  constructor(table: string, key: string) {
    super(`row ${key} of table ${JSON.stringify(table)} is not among the refused rows`, {
      hint: 'see them with: obmen refused list',
    })
    this.table = table
    this.key = key
  }
}

/** A server that says nothing, at `host:port`. `encrypted` is the other way to write its address, and the port of that. */
export interface SilentServer {
  readonly server: string
  readonly scheme: string
  readonly encrypted?: { readonly scheme: string; readonly port: number }
}

/** A mail server that was tried took the connection and said nothing. Nobody waits for it as long as an exchange does. */
export class ServerSilent extends ObmenError {
  readonly code = 'SERVER_SILENT'
  readonly transient = true
  readonly server: SilentServer
  readonly waitedMs: number

  constructor(server: SilentServer, waitedMs: number, facts: { readonly cause?: unknown } = {}) {
    super(
      `${server.server} took the connection and did not greet within ${waitedMs / 1000} seconds`,
      { ...facts, hint: adviseOnSilence(server) },
    )
    this.server = server
    this.waitedMs = waitedMs
  }
}

function adviseOnSilence({ scheme, encrypted }: SilentServer): string {
  const hint = 'check that a mail server listens at this port'
  if (encrypted === undefined) return hint
  return `${hint}; one that is encrypted from its beginning (${encrypted.port}) says nothing to ${scheme}://: write ${encrypted.scheme}://`
}

/** A file or folder could not be read or written. */
export class FileUnusable extends ObmenError {
  readonly code = 'FILE_UNUSABLE'
  readonly transient = false
  readonly path: string
  /** The operating system's word for it: `EACCES`, `EROFS`, `EISDIR` … */
  readonly systemCode: string

  constructor(path: string, systemCode: string, facts: { readonly cause?: unknown } = {}) {
    const words = SYSTEM_WORDS[systemCode]
    const reason = words === undefined ? systemCode : `${words} (${systemCode})`
    super(`${path === '' ? 'a file' : path} can't be used: ${reason}`, {
      ...facts,
      hint: SYSTEM_HINTS[systemCode] ?? 'check the path, the disk and the rights of this user',
    })
    this.path = path
    this.systemCode = systemCode
  }
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ESPIPE: 'it is a pipe',
  ENOTDIR: 'a part of the path is a file',
  EROFS: 'its disk can only be read',
  EEXIST: 'something else has this name',
}

const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'give this user the right to read and write it',
  EPERM: 'give this user the right to read and write it',
  ENOENT: 'check the path',
  EISDIR: 'name a file',
  ESPIPE: 'write what comes out of it to a file, and name that',
  ENOTDIR: 'check the path',
  EROFS: 'name a folder on a disk that can be written to',
  EEXIST: 'name another path, or put away what is there',
}

/** Somebody stopped the program. Everything that was done stays done, nothing is left half. */
export class Interrupted extends ObmenError {
  readonly code = 'INTERRUPTED'
  readonly transient = true
  readonly signal: 'SIGINT' | 'SIGTERM'
  /** Whether the same command goes on from here; otherwise nothing was done, and it begins anew. */
  readonly goesOn: boolean

  constructor(signal: 'SIGINT' | 'SIGTERM', { goesOn = true }: { readonly goesOn?: boolean } = {}) {
    super('stopped before the end', {
      hint: goesOn
        ? 'run the same command again: it goes on from here'
        : 'nothing was done: run the same command again when you want it done',
    })
    this.signal = signal
    this.goesOn = goesOn
  }

  /** The same, of a command that had done nothing yet. */
  beforeAnything(): Interrupted {
    return new Interrupted(this.signal, { goesOn: false })
  }
}

/** A file was changed while it was sent with a letter. Nobody got the letter. */
export class FileChanged extends ObmenError {
  readonly code = 'FILE_CHANGED'
  readonly transient = true
  readonly path: string

  constructor(path: string) {
    super(`${path} was changed while it was being sent; nobody got the letter`, {
      hint: 'wait until it is written, or send a copy of it',
    })
    this.path = path
  }
}

/** Something that this program had ruled out: a mistake in it. */
export class Unexpected extends ObmenError {
  readonly code = 'UNEXPECTED'
  readonly transient = false

  constructor(cause: unknown) {
    super(
      `something unexpected happened: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
        hint: 'this is a mistake in Obmen: report it with what the same command prints with --verbose',
      },
    )
  }
}
