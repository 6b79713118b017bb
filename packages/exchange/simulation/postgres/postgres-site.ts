import type { ChangeStore } from '@obmen/exchange'
import { openPostgresStore, PostgresForeignLetters } from '@obmen/exchange/postgres'

import { planOf } from '../site/plan-of.ts'
import type { DatabaseImage, OpenOptions, SiteDatabase } from '../site/site-database.ts'
import { rulesOf } from '../world/rules.ts'
import { ADDED, databaseOf } from '../world/shape.ts'
import type { ConnectionLoss } from '../world/step.ts'
import { PostgresProgram } from './postgres-program.ts'
import { PostgresReader } from './postgres-reader.ts'
import { addColumnStatement } from './postgres-tables.ts'
import { copyDatabase, type Role, roleOf, runServer } from './run-server.ts'
import { SiteConnections } from './site-connections.ts'

/** A database of PostgreSQL that nobody works with. */
export class PostgresImage implements DatabaseImage {
  readonly #database: string
  readonly #role: Role

  constructor(database: string, role: Role) {
    this.#database = database
    this.#role = role
  }

  open(options: OpenOptions): Promise<SiteDatabase> {
    return PostgresDatabase.open(copyDatabase({ from: this.#database, role: this.#role }), options)
  }
}

/** A database of PostgreSQL, with a process that works on it. */
export class PostgresDatabase implements SiteDatabase {
  readonly program: PostgresProgram
  readonly reader: PostgresReader
  readonly #options: OpenOptions
  readonly #connections: SiteConnections
  #process: Process

  private constructor(connections: SiteConnections, process: Process, options: OpenOptions) {
    this.#connections = connections
    this.#process = process
    this.#options = options
    this.program = new PostgresProgram(connections, options.shape, options.node)
    this.reader = new PostgresReader(connections, options.shape)
  }

  static async open(database: string, options: OpenOptions): Promise<PostgresDatabase> {
    const { shape, node, nowMs } = options
    const role = roleOf(databaseOf(shape, node))
    const connections = new SiteConnections(runServer(), { database, role, nowMs })
    return new PostgresDatabase(connections, await begin(connections, options), options)
  }

  get store(): ChangeStore {
    return this.#process.store
  }

  get foreignLetters(): PostgresForeignLetters {
    return this.#process.foreignLetters
  }

  expectLoss(loss: ConnectionLoss | undefined): void {
    this.#connections.expectLoss(loss)
  }

  get unheardCommits(): number {
    return this.#connections.unheardCommits
  }

  async restart(): Promise<void> {
    this.#connections.cut()
    this.#process = await begin(this.#connections, this.#options)
  }

  backUp(): PostgresImage {
    this.#connections.end()
    const { database, role } = this.#connections
    return new PostgresImage(copyDatabase({ from: database, role }), role)
  }

  /** PostgreSQL on a disk that is full is not simulated. */
  limitDisk(): void {
    return undefined
  }

  addColumn(): void {
    const [table] = this.#options.shape.tables
    if (table !== undefined) this.#connections.query(addColumnStatement(table))
  }

  get hasAddedColumn(): boolean {
    const [columns] = this.#connections.query(
      `SELECT 1 FROM information_schema.columns WHERE column_name = '${ADDED}'`,
    )
    return columns !== undefined && columns.rows.length > 0
  }

  close(): void {
    this.#connections.end()
  }
}

interface Process {
  readonly store: ChangeStore
  readonly foreignLetters: PostgresForeignLetters
}

async function begin(connections: SiteConnections, { shape, node }: OpenOptions): Promise<Process> {
  const pool = connections.pool()
  const store = await openPostgresStore(pool, planOf(shape, node), rulesOf(shape, node))
  return { store, foreignLetters: new PostgresForeignLetters(pool) }
}
