import type { NodeCode } from '@obmen/exchange'
import type pg from 'pg'

import { ExchangeRunning } from '../errors/site-error.ts'
import { tryLock } from './postgres-lock.ts'
import { orUnreachable } from './postgres-reach.ts'
import type { HeldLock, WorkerDatabase } from './site-database.ts'

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
    return orUnreachable(this.#address, () => this.#driver.query<object>(text, values))
  }

  async join(): Promise<HeldLock> {
    const text = `SELECT pg_try_advisory_lock_shared(${this.#exchangeLock}) AS taken`
    const lock = await tryLock(this.#driver, { address: this.#address, text })
    if (lock === undefined) throw new ExchangeRunning(this.#address)
    return lock
  }

  takeNode(node: NodeCode): Promise<HeldLock | undefined> {
    return tryLock(this.#driver, {
      address: this.#address,
      text: 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
      values: [`obmen node ${node}`],
    })
  }
}
