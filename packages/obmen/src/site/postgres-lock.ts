import type pg from 'pg'

import { DatabaseUnreachable } from '../errors/site-error.ts'
import { orUnreachable } from './postgres-reach.ts'
import type { HeldLock } from './site-database.ts'

export interface LockAttempt {
  /** Of the database, for people. */
  readonly address: string
  /** Gives one row that says whether the lock was `taken`. */
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * Takes an advisory lock of a session with a connection of its own, which ends with the lock. `undefined` when somebody else has it.
 * Whatever happens, the connection goes back: a pool waits at its end for those that are out.
 */
export function tryLock(
  driver: pg.Pool,
  { address, text, values = [] }: LockAttempt,
): Promise<HeldLock | undefined> {
  return orUnreachable(address, async () => {
    const client = await driver.connect()
    const release = (): Promise<void> => Promise.resolve(client.release(true))
    const lost = new AbortController()
    const lose = (error: Error): void => {
      lost.abort(new DatabaseUnreachable(address, error.message, { cause: error }))
    }
    client.once('error', lose)
    try {
      const { rows } = await client.query<{ taken: boolean }>(text, [...values])
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
