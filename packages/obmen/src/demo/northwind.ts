import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const NORTHWIND = join(import.meta.dirname, '../../data/northwind.sql')

/** Makes a database out of `northwind.sql`, which is executed as it is. */
export function createNorthwind(path: string): void {
  using database = openForBuilding(path)
  database.exec(readFileSync(NORTHWIND, 'utf8'))
}

/**
 * Makes a database with the tables and views of another one, and without its rows. That is the application's own business:
 * an exchange moves rows, not tables.
 */
export function createEmptyCopy(path: string, origin: string): void {
  using source = new DatabaseSync(origin, { readOnly: true })
  using database = openForBuilding(path)
  const definitions = source
    .prepare(
      "SELECT sql FROM sqlite_schema WHERE sql <> '' AND name NOT LIKE 'sqlite%' ORDER BY rowid",
    )
    .all()
  database.exec(definitions.map((row) => `${String(row['sql'])};\n`).join(''))
}

/** A file that is made anew is worth nothing half, so there is no need to wait for the disk at each of 3,000 rows. */
function openForBuilding(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY')
  return database
}
