import { SqliteUnfit } from '../errors.ts'
import { Query, type SqliteDatabase } from './sqlite-database.ts'

/** A text that some drivers end at its NUL, when they bind it or when they read it. */
const TEXT = 'a\0b'

/**
 * Tries whether texts come back whole. `node:sqlite` gives them so from Node 24.16 and 26.1 on: before, an exchange would lose what stands behind a NUL,
 * at every site, and without a word.
 *
 * @throws SqliteUnfit
 */
export function requireFitDriver(database: SqliteDatabase): void {
  if (!keepsTexts(database)) throw new SqliteUnfit()
}

function keepsTexts(database: SqliteDatabase): boolean {
  const [made, bound] = new Query(database, `SELECT 'a' || char(0) || 'b', ?`).first(TEXT) ?? []
  return made === TEXT && bound === TEXT
}
