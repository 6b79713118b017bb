import type { NodeCode } from '@obmen/exchange'
import type pg from 'pg'

import { DatabaseUnreachable, ExchangeRunning } from '../errors/site-error.ts'
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
    const lock = await this.#tryLock(
      `SELECT pg_try_advisory_lock_shared(${this.#exchangeLock}) AS taken`,
    )
    if (lock === undefined) throw new ExchangeRunning(this.#address)
    return lock
  }

  takeNode(node: NodeCode): Promise<HeldLock | undefined> {
    return this.#tryLock('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [
      `obmen node ${node}`,
    ])
  }

  #tryLock(text: string, values: unknown[] = []): Promise<HeldLock | undefined> {
    return orUnreachable(this.#address, async () => {
      const client = await this.#driver.connect()
      const release = (): Promise<void> => Promise.resolve(client.release(true))
      const lost = new AbortController()
      const lose = (error: Error): void => {
        lost.abort(new DatabaseUnreachable(this.#address, error.message, { cause: error }))
      }
      client.once('error', lose)
      try {
        const { rows } = await client.query<{ taken: boolean }>(text, values)
        if (rows[0]?.taken === true) return { lost: lost.signal, [Symbol.asyncDispose]: release }
      } catch (error) {
        await release()
        throw error
      }
      client.off('error', lose)
      client.release()
      return undefined
    })
  }
}
