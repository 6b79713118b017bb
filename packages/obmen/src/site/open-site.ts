import type { ChangeStore } from '@obmen/exchange'

import type { Config } from '../config/config.ts'
import { openDatabase, type OpenOptions } from './open-database.ts'
import type { SiteDatabase } from './site-database.ts'

/** A site with its database open: what every command but `init` works on. Closed by `await using`. */
export interface Site extends AsyncDisposable {
  readonly config: Config
  readonly database: SiteDatabase
  readonly store: ChangeStore
}

/** Opens the database of a configuration. Throws {@link DatabaseNotFound}, {@link DatabaseUnreachable}, and what opening a store throws. */
export async function openSite(config: Config, options: OpenOptions): Promise<Site> {
  const database = await openDatabase(config, options)
  try {
    const store = await database.openStore(config.plan, config.rules)
    return { config, database, store, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}
