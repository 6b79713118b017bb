import { realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { knowError } from '../errors/known-error.ts'
import { ExchangeRunning } from '../errors/site-error.ts'

/**
 * Lets one exchange run at a time on a database: two would deliver the same messages twice and clean each other's spool.
 *
 * The lock is a small SQLite file held by an exclusive transaction, so the operating system releases it when the process ends, however it
 * ends; a file with a process id in it would stay. It lies beside the database, as SQLite's own do, so two configurations of one
 * database share it. Throws {@link ExchangeRunning}.
 */
export function takeExchangeLock(databasePath: string): Disposable {
  const path = `${realpathSync(databasePath)}-obmen-lock`
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (knowError(error).code === 'DATABASE_BUSY') throw new ExchangeRunning(path)
    throw error
  }
  return { [Symbol.dispose]: () => lock.close() }
}
