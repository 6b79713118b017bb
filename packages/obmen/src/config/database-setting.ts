import type { SecretReference } from '../errors/config-error.ts'
import { type DatabaseUrl, isDatabaseUrl, parseDatabaseUrl } from './database-url.ts'
import { readSecretReference } from './mail-server-setting.ts'
import { readValue, type Settings } from './settings.ts'

/** A PostgreSQL database as it is configured: password and certificates are referred to, not held. */
export interface PostgresSetting {
  readonly url: DatabaseUrl
  /** Without it: `OBMEN_DATABASE_PASSWORD`, else what `pg` finds (`PGPASSWORD`, `~/.pgpass`). */
  readonly password?: SecretReference
  /** A file of certificates in PEM to trust instead of the usual ones; an absolute path. */
  readonly caFile?: string
}

/** The application's database: the absolute path of a SQLite file, or the address of a PostgreSQL database. */
export interface DatabaseSettings {
  readonly database: string
  readonly postgres?: PostgresSetting
}

/** Reads `database`, `databasePassword` and `databaseCa`. Throws {@link ConfigInvalid}. */
export function readDatabase(settings: Settings): DatabaseSettings {
  const setting = settings.get('database')
  if (setting.kind !== 'text' || !isDatabaseUrl(setting.text)) {
    return { database: settings.readPath(setting, 'database') }
  }
  const url = readValue(setting, 'database', parseDatabaseUrl)
  const password = settings.find('databasePassword')
  const ca = settings.find('databaseCa')
  return {
    database: url.text,
    postgres: {
      url,
      ...(password && { password: readSecretReference(settings, password, 'databasePassword') }),
      ...(ca && { caFile: settings.readPath(ca, 'databaseCa') }),
    },
  }
}
