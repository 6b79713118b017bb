import { DatabaseSync } from 'node:sqlite'

import type { ChangeStore } from '@obmen/exchange'
import { ForeignLetters, openSqliteStore } from '@obmen/exchange/sqlite'

import { rulesOf } from '../world/rules.ts'
import { ADDED } from '../world/shape.ts'
import { addColumnStatement } from '../world/tables.ts'
import { planOf } from './plan-of.ts'
import type { DatabaseImage, OpenOptions, SiteDatabase } from './site-database.ts'
import { SqliteProgram } from './sqlite-program.ts'
import { TableReader } from './table-reader.ts'

/** A database of SQLite in its octets. */
export class SqliteImage implements DatabaseImage {
  readonly #octets: Uint8Array

  constructor(octets: Uint8Array) {
    this.#octets = octets
  }

  open(options: OpenOptions): SqliteDatabase {
    return new SqliteDatabase(this.#octets, options)
  }
}

/** A database of SQLite, in memory. */
export class SqliteDatabase implements SiteDatabase {
  readonly #options: OpenOptions
  #opened: Opened

  constructor(octets: Uint8Array, options: OpenOptions) {
    this.#options = options
    this.#opened = open(octets, options)
  }

  get store(): ChangeStore {
    return this.#opened.store
  }

  get reader(): TableReader {
    return this.#opened.reader
  }

  get program(): SqliteProgram {
    return this.#opened.program
  }

  get foreignLetters(): ForeignLetters {
    return this.#opened.foreignLetters
  }

  /** There is no connection that could be lost. */
  expectLoss(): void {
    return undefined
  }

  readonly unheardCommits: number = 0

  restart(): void {
    const { database } = this.#opened
    if (database.isTransaction) database.exec('ROLLBACK')
    const octets = database.serialize()
    database.close()
    this.#opened = open(octets, this.#options)
  }

  backUp(): SqliteImage {
    return new SqliteImage(this.#opened.database.serialize())
  }

  limitDisk(freePages: number | undefined): void {
    const { database } = this.#opened
    const count = database.prepare('PRAGMA page_count').get()?.['page_count']
    const limit = freePages === undefined ? MAX_PAGES : Number(count) + freePages
    database.exec(`PRAGMA max_page_count = ${limit}`)
  }

  addColumn(): void {
    const [table] = this.#options.shape.tables
    if (table === undefined || this.hasAddedColumn) return
    this.#opened.database.exec(addColumnStatement(table))
  }

  get hasAddedColumn(): boolean {
    const [table] = this.#options.shape.tables
    const sql = 'SELECT 1 FROM pragma_table_info(?) WHERE name = ?'
    const column = this.#opened.database.prepare(sql)
    return column.get(table?.name ?? '', ADDED) !== undefined
  }

  close(): void {
    if (this.#opened.database.isOpen) this.#opened.database.close()
  }
}

/** SQLite's own limit. */
const MAX_PAGES = 0xfffffffe

interface Opened {
  readonly database: DatabaseSync
  readonly store: ChangeStore
  readonly reader: TableReader
  readonly program: SqliteProgram
  readonly foreignLetters: ForeignLetters
}

function open(octets: Uint8Array, { shape, node, nowMs }: OpenOptions): Opened {
  const database = openDatabase(octets, nowMs)
  return {
    database,
    store: openSqliteStore(database, planOf(shape, node), rulesOf(shape, node)),
    reader: new TableReader(database, shape),
    program: new SqliteProgram(database, shape, node),
    foreignLetters: new ForeignLetters(database),
  }
}

const MS_PER_DAY = 86_400_000

/** Noon of the first of January 1970 as a Julian day number. */
const EPOCH_DAY = 2_440_587.5

/** Opens a database whose clock is the site's: the triggers ask SQLite for the time. */
function openDatabase(octets: Uint8Array, nowMs: () => number): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.deserialize(octets)
  // Half a millisecond more, or a day number, which is less exact than that, would be rounded to the millisecond before.
  database.function('julianday', { varargs: true }, () => EPOCH_DAY + (nowMs() + 0.5) / MS_PER_DAY)
  return database
}
