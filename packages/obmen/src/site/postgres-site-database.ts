import type { ChangeStore, ExchangePlan, PlanRules } from '@obmen/exchange'
import {
  openPostgresStore,
  PostgresForeignLetters,
  type PostgresClient,
  type PostgresPool,
  preparePostgres,
  readPostgresPlan,
  readUnpreparedPostgresTables,
} from '@obmen/exchange/postgres'
import type { PlanContent, Preparation } from '@obmen/exchange/sqlite'
import pg from 'pg'

import type { PostgresSetting } from '../config/database-setting.ts'
import type { Environment } from '../config/load-config.ts'
import { readCertificates } from '../config/read-file.ts'
import { DATABASE_PASSWORD_VARIABLE, resolveSecret } from '../config/secrets.ts'
import { ExchangeRunning } from '../errors/site-error.ts'
import { tryLock } from './postgres-lock.ts'
import { reaching } from './postgres-reach.ts'
import { PostgresWorkers } from './postgres-workers.ts'
import type { HeldLock, SiteDatabase } from './site-database.ts'

/** A site works on one message at a time, and holds the lock of an exchange beside. */
const MAX_CONNECTIONS = 4

/** One for its work, one for what it reads meanwhile, one for its lock. */
const CONNECTIONS_OF_A_WORKER = 3

/** A server in the same house answers in moments; a person at a command line does not wait longer. */
const CONNECT_TIMEOUT_MS = 10_000

/** The connection that holds a lock says nothing for hours. Gateways forget what is silent for some minutes, and then neither side learns that it is gone. */
const KEEP_ALIVE_MS = 60_000

/** "obmen:ex", 0x6f626d656e3a6578: the advisory lock of a database under which an exchange runs. Before 16 PostgreSQL reads decimals only. */
const EXCHANGE_LOCK = '8026097768336090488'

interface PostgresOptions {
  readonly env: Environment
  readonly isTrial: boolean
  /** How many workers there are in this process beside a single exchange. */
  readonly workers: number
}

/** A PostgreSQL database. */
export class PostgresSiteDatabase implements SiteDatabase {
  readonly foreignLetters: PostgresForeignLetters
  readonly workers: PostgresWorkers
  readonly #setting: PostgresSetting
  readonly #driver: pg.Pool
  readonly #pool: PostgresPool
  /** Where a trial leaves nothing. */
  readonly #trialPool: PostgresPool

  constructor(setting: PostgresSetting, { env, isTrial, workers }: PostgresOptions) {
    this.#setting = setting
    const max = MAX_CONNECTIONS + workers * CONNECTIONS_OF_A_WORKER
    this.#driver = new pg.Pool({ ...toPoolConfig(setting, env), max })
    // A connection that ends while nobody uses it is replaced by the next one; what is done over one that ends fails by itself.
    this.#driver.on('error', () => undefined)
    this.#driver.on('connect', (client) => client.on('error', () => undefined))
    this.#pool = reaching(this.#driver, setting.url.text)
    this.#trialPool = isTrial ? withoutCommit(this.#pool) : this.#pool
    this.foreignLetters = new PostgresForeignLetters(this.#pool)
    this.workers = new PostgresWorkers(this.#driver, {
      exchangeLock: EXCHANGE_LOCK,
      address: setting.url.text,
    })
  }

  async isPrepared(): Promise<boolean> {
    return (await readPostgresPlan(this.#pool)) !== undefined
  }

  prepare(plan: ExchangePlan, content: PlanContent): Promise<Preparation> {
    const { schema } = this.#setting.url
    return preparePostgres(this.#trialPool, plan, { ...content, schema })
  }

  openStore(plan: ExchangePlan, rules: PlanRules): Promise<ChangeStore> {
    return openPostgresStore(this.#trialPool, plan, rules)
  }

  unpreparedTables(content: PlanContent): Promise<readonly string[]> {
    return readUnpreparedPostgresTables(this.#pool, content)
  }

  async takeExchangeLock(): Promise<HeldLock> {
    const address = this.#setting.url.text
    const text = `SELECT pg_try_advisory_lock(${EXCHANGE_LOCK}) AS taken`
    const lock = await tryLock(this.#driver, { address, text })
    if (lock === undefined) throw new ExchangeRunning(address)
    return lock
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#driver.end()
  }
}

function toPoolConfig({ url, password, caFile }: PostgresSetting, env: Environment): pg.PoolConfig {
  const reference = password ?? { kind: 'env', name: DATABASE_PASSWORD_VARIABLE }
  // Without a password of ours, `pg` looks for one in PGPASSWORD and ~/.pgpass.
  const isOurs = password !== undefined || (env[DATABASE_PASSWORD_VARIABLE] ?? '') !== ''
  return {
    host: url.host,
    port: url.port,
    database: url.database,
    ...(url.user !== undefined && { user: url.user }),
    ...(isOurs && { password: resolveSecret(reference, env).reveal() }),
    ssl: url.tls === 'verified' && (caFile === undefined ? true : { ca: readCertificates(caFile) }),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'obmen',
  }
}

/** A pool on which everything is done and nothing stays: what a trial run needs to find every mistake. */
function withoutCommit(pool: PostgresPool): PostgresPool {
  return {
    connect: async (): Promise<PostgresClient> => {
      const client = await pool.connect()
      return {
        query: (query) =>
          client.query(query.text === 'COMMIT' ? { ...query, text: 'ROLLBACK' } : query),
        release: (error) => client.release(error),
      }
    },
  }
}
