import type { Buffer } from 'node:buffer'
import { DatabaseSync } from 'node:sqlite'

import type { ChangeStore, ExchangePlan, NodeCode, NodeState } from '@obmen/exchange'
import { ForeignLetters, openSqliteStore } from '@obmen/exchange/sqlite'

import { type MemoryDisk, mountDisk } from '../disk/memory-disk.ts'
import type { CarriedMessage } from '../mail/mailbox.ts'
import { SiteModel } from '../model/site-model.ts'
import { rulesOf } from '../world/rules.ts'
import { ADDED, type WorldShape } from '../world/shape.ts'
import { addColumnStatement } from '../world/tables.ts'
import { Gate } from './gate.ts'
import { type DatabaseImage, planOf } from './prepared-sites.ts'
import { TableReader } from './table-reader.ts'

/** Everything of a site that is in a backup. */
export interface Backup {
  readonly image: DatabaseImage
  readonly model: SiteModel
  readonly states: ReadonlyMap<NodeCode, NodeState>
}

export interface SiteOptions {
  readonly shape: WorldShape
  readonly node: number
  /** Tells the sites of one world apart. */
  readonly name: string
  /** The clock of this site. */
  readonly nowMs: () => number
}

/** A database with its spool folder, what must be in it, and the process that works on it, which may die and start again. */
export class Site {
  readonly plan: ExchangePlan
  readonly node: number
  readonly gate = new Gate()
  readonly spoolFolder: string
  readonly #options: SiteOptions
  readonly #files = new Map<string, Buffer>()
  #database: DatabaseSync
  #store: ChangeStore
  #reader: TableReader
  #foreignLetters: ForeignLetters
  model: SiteModel
  /** What the site last saved of its peers. */
  readonly states = new Map<NodeCode, NodeState>()
  /** Messages that were applied since the site last lost its memory. */
  readonly applied = new Set<string>()
  /** How often the site has lost its memory, or got a copy that has another one. */
  life = 0
  /** What was read last. */
  fetched: CarriedMessage | undefined
  /** Rows or versions may be others than before the last exchange. */
  hasChanged = false
  /** Letters that were fetched and are not what a node wrote. */
  falseLetters = 0
  #freePages: number | undefined

  constructor(image: DatabaseImage, options: SiteOptions) {
    this.#options = options
    this.node = options.node
    this.plan = planOf(options.shape, options.node)
    const disk: MemoryDisk = {
      files: this.#files,
      at: (operation, work) => this.gate.at(`disk ${operation}`, work),
    }
    this.spoolFolder = `${mountDisk(`${this.plan.name} ${options.name}`, disk)}/spool`
    this.#database = openDatabase(image, options.nowMs)
    this.#store = this.#openStore()
    this.#reader = new TableReader(this.#database, options.shape)
    this.#foreignLetters = new ForeignLetters(this.#database)
    this.model = new SiteModel(this.plan.thisNode)
  }

  get database(): DatabaseSync {
    return this.#database
  }

  get store(): ChangeStore {
    return this.#store
  }

  get reader(): TableReader {
    return this.#reader
  }

  get foreignLetters(): ForeignLetters {
    return this.#foreignLetters
  }

  get nowMs(): number {
    return this.#options.nowMs()
  }

  get name(): string {
    return this.#options.name
  }

  /** The process is gone; another one starts with what is on the disk. */
  restart(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    this.#reopen(this.#database.serialize())
  }

  backUp(): Backup {
    return {
      image: this.#database.serialize(),
      model: this.model.copy(),
      states: new Map(this.states),
    }
  }

  restore(backup: Backup, spool: 'kept' | 'lost'): void {
    this.#reopen(backup.image)
    this.model = backup.model.copy()
    this.states.clear()
    for (const [code, state] of backup.states) this.states.set(code, state)
    if (spool === 'lost') this.#files.clear()
    this.applied.clear()
    this.life += 1
  }

  /** Takes over the spool of another site, as a copy of a whole machine does. */
  copySpool(from: Site): void {
    for (const [path, octets] of from.#files) {
      this.#files.set(path.replace(from.spoolFolder, this.spoolFolder), octets)
    }
  }

  /** From now on the database can grow by so many pages; without a number, by any. */
  limitDisk(freePages: number | undefined): void {
    if (freePages === undefined && this.#freePages === undefined) return
    this.#freePages = freePages
    const count = this.#database.prepare('PRAGMA page_count').get()?.['page_count']
    const limit = freePages === undefined ? MAX_PAGES : Number(count) + freePages
    this.#database.exec(`PRAGMA max_page_count = ${limit}`)
  }

  /** Does nothing when the column is there. */
  addColumn(): void {
    const [table] = this.#options.shape.tables
    if (table !== undefined && !this.hasAddedColumn) this.#database.exec(addColumnStatement(table))
  }

  get hasAddedColumn(): boolean {
    const [table] = this.#options.shape.tables
    const column = this.#database.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?')
    return column.get(table?.name ?? '', ADDED) !== undefined
  }

  get isDiskLimited(): boolean {
    return this.#freePages !== undefined
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #openStore(): ChangeStore {
    return openSqliteStore(this.#database, this.plan, rulesOf(this.#options.shape, this.node))
  }

  #reopen(image: DatabaseImage): void {
    this.#database.close()
    this.#database = openDatabase(image, this.#options.nowMs)
    this.#store = this.#openStore()
    this.#reader = new TableReader(this.#database, this.#options.shape)
    this.#foreignLetters = new ForeignLetters(this.#database)
    this.fetched = undefined
    if (this.#freePages !== undefined) this.limitDisk(this.#freePages)
  }
}

/** SQLite's own limit. */
const MAX_PAGES = 0xfffffffe

const MS_PER_DAY = 86_400_000

/** Noon of the first of January 1970 as a Julian day number. */
const EPOCH_DAY = 2_440_587.5

/** Opens a database whose clock is the site's: the triggers ask SQLite for the time. */
function openDatabase(image: DatabaseImage, nowMs: () => number): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.deserialize(image)
  // Half a millisecond more, or a day number, which is less exact than that, would be rounded to the millisecond before.
  database.function('julianday', { varargs: true }, () => EPOCH_DAY + (nowMs() + 0.5) / MS_PER_DAY)
  return database
}
