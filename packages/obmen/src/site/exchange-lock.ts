import { realpathSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { knowError } from '../errors/known-error.ts'
import { DatabaseUnusable, ExchangeRunning } from '../errors/site-error.ts'

/**
 * Lets one exchange run at a time on a database: two would deliver the same messages twice and clean each other's spool.
 *
 * The lock is a small SQLite file held by an exclusive transaction, so the operating system releases it when the process ends, however it
 * ends; a file with a process id in it would stay. It lies beside the database, as SQLite's own do, so two configurations of one
 * database share it. Throws {@link ExchangeRunning}, and
 * {@link DatabaseUnusable} where this user may not make that file.
 */
export function takeExchangeLock(databasePath: string): Disposable {
  const path = `${realpathSync(databasePath)}-obmen-lock`
  const lock = openLock(path)
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw explain(error, path)
  }
  return { [Symbol.dispose]: () => lock.close() }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw explain(error, path)
  }
}

/** SQLite does not say which file it can't open. */
function explain(error: unknown, path: string): unknown {
  const known = knowError(error)
  if (known.code === 'DATABASE_BUSY') return new ExchangeRunning(path)
  if (known.code !== 'DATABASE_UNUSABLE') return error
  return new DatabaseUnusable(`${known.words}: ${path}`, known.problem, { cause: error })
}
