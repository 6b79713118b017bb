import type { Config } from '../config/config.ts'
import type { Environment } from '../config/load-config.ts'
import type { SiteDatabase } from './site-database.ts'
import { SqliteSiteDatabase } from './sqlite-site-database.ts'

/** How a database is opened. */
export interface OpenOptions {
  /** Where the password may be. */
  readonly env: Environment
  /** Nothing that is done stays. */
  readonly isTrial?: boolean
  /** How many workers share the database in this process; by default none. */
  readonly workers?: number
}

/** Opens the application's database. Throws {@link DatabaseNotFound}, {@link SecretMissing}. */
export async function openDatabase(
  { database, postgres }: Config,
  { env, isTrial = false, workers = 0 }: OpenOptions,
): Promise<SiteDatabase> {
  if (postgres === undefined) return new SqliteSiteDatabase(database, { isTrial })
  // The driver takes a quarter of a second to load, which most sites need not wait for.
  const { PostgresSiteDatabase } = await import('./postgres-site-database.ts')
  return new PostgresSiteDatabase(postgres, { env, isTrial, workers })
}
