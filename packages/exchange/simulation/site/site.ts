import type { Buffer } from 'node:buffer'

import type { ChangeStore, ExchangePlan, NodeCode, NodeState } from '@obmen/exchange'

import { type MemoryDisk, mountDisk } from '../disk/memory-disk.ts'
import type { CarriedMessage } from '../mail/mailbox.ts'
import { SiteModel } from '../model/site-model.ts'
import type { WorldShape } from '../world/shape.ts'
import { Gate } from './gate.ts'
import { planOf } from './plan-of.ts'
import type { DatabaseImage, DatabaseReader, SiteDatabase } from './site-database.ts'

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
  #database: SiteDatabase
  model: SiteModel
  /** What the site last saved of its peers. */
  readonly states = new Map<NodeCode, NodeState>()
  /** Messages that were applied since the site last lost its memory. */
  readonly applied = new Set<string>()
  /** Versions of rows that were told here since, with the node and the epoch in which it told them. */
  readonly told = new Set<string>()
  /** How often the site has lost its memory, or got a copy that has another one. */
  life = 0
  /** What was read last. */
  fetched: CarriedMessage | undefined
  /** Rows or versions may be others than before the last exchange. */
  hasChanged = false
  /** Letters that were fetched and are not what a node wrote. */
  falseLetters = 0
  #freePages: number | undefined

  constructor(database: SiteDatabase, options: SiteOptions) {
    this.#options = options
    this.node = options.node
    this.plan = planOf(options.shape, options.node)
    const disk: MemoryDisk = {
      files: this.#files,
      at: (operation, work) => this.gate.at(`disk ${operation}`, work),
    }
    this.spoolFolder = `${mountDisk(`${this.plan.name} ${options.name}`, disk)}/spool`
    this.#database = database
    this.model = new SiteModel(this.plan.thisNode)
  }

  get database(): SiteDatabase {
    return this.#database
  }

  get store(): ChangeStore {
    return this.#database.store
  }

  get reader(): DatabaseReader {
    return this.#database.reader
  }

  get nowMs(): number {
    return this.#options.nowMs()
  }

  get name(): string {
    return this.#options.name
  }

  /** The process is gone; another one starts with what is on the disk. */
  async restart(): Promise<void> {
    await this.#database.restart()
    this.#begin()
  }

  backUp(): Backup {
    return {
      image: this.#database.backUp(),
      model: this.model.copy(),
      states: new Map(this.states),
    }
  }

  async restore(backup: Backup, spool: 'kept' | 'lost'): Promise<void> {
    this.#database.close()
    this.#database = await backup.image.open(this.#options)
    this.#begin()
    this.model = backup.model.copy()
    this.states.clear()
    for (const [code, state] of backup.states) this.states.set(code, state)
    if (spool === 'lost') this.#files.clear()
    this.applied.clear()
    this.told.clear()
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
    this.#database.limitDisk(freePages)
  }

  get isDiskLimited(): boolean {
    return this.#freePages !== undefined
  }

  close(): void {
    this.#database.close()
  }

  #begin(): void {
    this.fetched = undefined
    if (this.#freePages !== undefined) this.limitDisk(this.#freePages)
  }
}

/** Opens a database as that of a site. */
export async function openSite(image: DatabaseImage, options: SiteOptions): Promise<Site> {
  return new Site(await image.open(options), options)
}
