import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { DatabaseNotFound } from '../errors/site-error.ts'

/** Applications write for moments; one that holds a database longer than this is busy with something large. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Opens the application's database. Triggers of the application may hold "texts" in double quotes, as SQLite takes them by
 * default, so they are allowed here too. Throws {@link DatabaseNotFound}: a new file would only hide a wrong path.
 */
export function openDatabase(path: string): DatabaseSync {
  if (!existsSync(path)) throw new DatabaseNotFound(path)
  return new DatabaseSync(path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: true,
  })
}
