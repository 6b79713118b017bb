import type { NodeCode } from '@obmen/exchange'
import type pg from 'pg'

import { ExchangeRunning } from '../errors/site-error.ts'
import type { WorkerDatabase } from './site-database.ts'

/** A PostgreSQL database on which several workers share the nodes. Its locks are the sessions': they end with the connection. */
export class PostgresWorkers implements WorkerDatabase {
  readonly #driver: pg.Pool
  readonly #exchangeLock: string
  readonly #address: string

  constructor(driver: pg.Pool, facts: { readonly exchangeLock: string; readonly address: string }) {
    this.#driver = driver
    this.#exchangeLock = facts.exchangeLock
    this.#address = facts.address
  }

  run(text: string, values: unknown[] = []): Promise<{ rows: object[] }> {
    return this.#driver.query<object>(text, values)
  }

  async join(): Promise<AsyncDisposable> {
    const lock = await this.#tryLock(
      `SELECT pg_try_advisory_lock_shared(${this.#exchangeLock}) AS taken`,
    )
    if (lock === undefined) throw new ExchangeRunning(this.#address)
    return lock
  }

  takeNode(node: NodeCode): Promise<AsyncDisposable | undefined> {
    return this.#tryLock('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [
      `obmen node ${node}`,
    ])
  }

  async #tryLock(text: string, values: unknown[] = []): Promise<AsyncDisposable | undefined> {
    const client = await this.#driver.connect()
    const { rows } = await client.query<{ taken: boolean }>(text, values)
    if (rows[0]?.taken !== true) {
      client.release()
      return undefined
    }
    return { [Symbol.asyncDispose]: () => Promise.resolve(client.release(true)) }
  }
}
