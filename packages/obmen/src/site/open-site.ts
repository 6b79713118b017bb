import { openSqliteStore, type SqliteStore } from '@obmen/exchange/sqlite'
import type { DatabaseSync } from 'node:sqlite'

import type { Config } from '../config/config.ts'
import { openDatabase } from './open-database.ts'
import { withoutCommit } from './without-commit.ts'

/** A site with its database open: what every command but `init` works on. Closed by `using`. */
export interface Site extends Disposable {
  readonly config: Config
  readonly database: DatabaseSync
  readonly store: SqliteStore
}

/** Opens the database of a configuration; for a trial, nothing that is done to the store stays. Throws {@link DatabaseNotFound}, and what {@link openSqliteStore} throws. */
export function openSite(
  config: Config,
  { isTrial = false }: { readonly isTrial?: boolean } = {},
): Site {
  const database = openDatabase(config.database)
  try {
    const store = openSqliteStore(
      isTrial ? withoutCommit(database) : database,
      config.plan,
      config.rules,
    )
    return { config, database, store, [Symbol.dispose]: () => database.close() }
  } catch (error) {
    database.close()
    throw error
  }
}
