import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Without those of SQLite and of Obmen. */
const APPLICATION_TABLES =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'obmen%'"

/** One site of the demo: a folder with a database, a configuration file and a spool. */
export class DemoSite {
  readonly code: string
  /** As it is named on a command line, in the folder of the demo. */
  readonly configPath: string
  readonly databasePath: string
  readonly passwordPath: string
  readonly #folder: string

  constructor(folder: string, code: string) {
    this.#folder = folder
    this.code = code
    this.configPath = `${code}/obmen.yaml`
    this.databasePath = `${code}/northwind.db`
    this.passwordPath = `${code}/secret`
  }

  /** Where the database is, whatever the current folder is. */
  get databaseFile(): string {
    return join(this.#folder, this.databasePath)
  }

  /**
   * Does what the site's own program would: opens the database, writes, closes it. Plain SQL in one transaction; this
   * connection knows nothing of an exchange.
   */
  write(statements: readonly string[]): void {
    using database = new DatabaseSync(this.databaseFile)
    database.exec(['BEGIN', ...statements, 'COMMIT'].join(';\n'))
  }

  /** All rows of the application's tables together. */
  countRows(): number {
    using database = new DatabaseSync(this.databaseFile, { readOnly: true })
    const tables = database.prepare(APPLICATION_TABLES).all()
    const counts = tables.map((table) => {
      const [row] = database.prepare(`SELECT count(*) AS n FROM "${String(table['name'])}"`).all()
      return Number(row?.['n'])
    })
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** The first column of the first row, as text; `undefined` when there is no row. */
  readValue(query: string): string | undefined {
    using database = new DatabaseSync(this.databaseFile, { readOnly: true })
    const [row] = database.prepare(query).all()
    const [value] = Object.values(row ?? {})
    return value === undefined || value === null ? undefined : String(value)
  }
}
