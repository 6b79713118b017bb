/** Nodes that exchange over a post office in memory, each with a SQLite database of its own. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'

import {
  DEFAULT_MESSAGE_SIZE_OCTETS,
  DEFAULT_SENDING_RULES,
  exchange,
  type ExchangeContext,
  type ExchangeEvent,
  type ExchangePlan,
  type NodeExchange,
  type NodeState,
  newNodeState,
  parseNodeCode,
  parsePlanName,
  type PlanRules,
} from '@obmen/exchange'
import { openSqliteStore, prepareSqlite, type SqliteStore } from '@obmen/exchange/sqlite'
import { PostOffice } from '@obmen/exchange/testing'

export const PLAN = parsePlanName('УдаленныеСклады')

/** A small trade: a key that counts, a composite key, texts, a unique value. */
export const SCHEMA = `
  CREATE TABLE goods (id INTEGER PRIMARY KEY, name TEXT, price REAL, code TEXT UNIQUE);
  CREATE TABLE stock (place TEXT, goods INTEGER, quantity INTEGER, PRIMARY KEY (place, goods)) WITHOUT ROWID;
`

export interface NodeSettings {
  readonly code: string
  readonly peers: readonly string[]
  readonly folder: string
  readonly post: PostOffice
  readonly clock: { nowMs: number }
  readonly rules?: Partial<ExchangeContext['rules']>
  readonly planRules?: PlanRules
}

/** One site: a database, and what an exchange needs. */
export class Site {
  readonly settings: NodeSettings
  readonly plan: ExchangePlan
  readonly events: ExchangeEvent[] = []
  #database: DatabaseSync | undefined
  #store: SqliteStore | undefined

  constructor(settings: NodeSettings) {
    this.settings = settings
    this.plan = { name: PLAN, thisNode: parseNodeCode(settings.code) }
  }

  get code(): string {
    return this.settings.code
  }

  get file(): string {
    return join(this.settings.folder, `${this.code}.db`)
  }

  get database(): DatabaseSync {
    this.#database ??= openDatabase(this.file)
    return this.#database
  }

  get store(): SqliteStore {
    this.#store ??= openSqliteStore(this.database, this.plan, this.settings.planRules)
    return this.#store
  }

  get context(): ExchangeContext {
    const { clock, folder, post, rules } = this.settings
    return {
      store: this.store,
      transport: post.transportFor(this.plan),
      spoolFolder: join(folder, `spool-${this.code}`),
      rules: {
        ...DEFAULT_SENDING_RULES,
        messageSizeOctets: DEFAULT_MESSAGE_SIZE_OCTETS,
        ...rules,
      },
      now: () => clock.nowMs,
      newUuid: () => crypto.randomUUID(),
      onEvent: (event) => this.events.push(event),
    }
  }

  async join(schema: string): Promise<void> {
    this.database.exec(schema)
    prepareSqlite(this.database, this.plan, { kind: 'all' })
    await this.store.transaction(async (transaction) => {
      for (const peer of this.settings.peers) {
        await transaction.addNode(newNodeState(parseNodeCode(peer)))
      }
    })
  }

  exchange(): Promise<readonly NodeExchange[]> {
    return exchange(this.context)
  }

  /** What a program that knows nothing of an exchange does. */
  sql(statements: string): void {
    this.database.exec(statements)
  }

  rows(query: string): unknown[] {
    return this.database.prepare(query).all()
  }

  node(code: string): Promise<NodeState> {
    return this.store.transaction((transaction) => transaction.node(parseNodeCode(code)))
  }

  /** Somebody removes a node and adds it again. */
  readd(code: string): Promise<void> {
    return this.store.transaction(async (transaction) => {
      await transaction.removeNode(parseNodeCode(code))
      await transaction.addNode(newNodeState(parseNodeCode(code)))
    })
  }

  /** The kinds of what happened since the last call. */
  takeEvents(): ExchangeEvent['kind'][] {
    return this.events.splice(0).map(({ kind }) => kind)
  }

  close(): void {
    this.#database?.close()
    this.#database = undefined
    this.#store = undefined
  }

  /** The process ends here without a word, and another one starts. */
  restart(): void {
    this.close()
  }

  /** The disk broke; the database is the one of an old backup. */
  restore(backup: string): void {
    this.close()
    copyFileSync(backup, this.file)
  }
}

export interface World {
  readonly office: Site
  readonly shop: Site
  readonly second: Site
  readonly sites: readonly Site[]
  readonly post: PostOffice
  readonly clock: { nowMs: number }
}

export interface WorldOptions {
  readonly schema?: string
  readonly rules?: NodeSettings['rules']
  /** What the head office's plan says of its tables. */
  readonly officeRules?: PlanRules
  /** What the plans of all sites say of their tables. */
  readonly planRules?: PlanRules
  /** Take the databases of this world as they are, instead of new ones. */
  readonly copyOf?: World
}

/** A head office `ЦБ` with two shops, `С01` and `С02`, that know only the head office. */
export async function openWorld(t: TestContext, options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const { copyOf } = options
  for (const site of copyOf?.sites ?? []) copyFileSync(site.file, join(folder, `${site.code}.db`))
  const post = new PostOffice()
  const clock = { nowMs: copyOf?.clock.nowMs ?? Date.UTC(2026, 10, 22) }
  const schema = options.schema ?? SCHEMA
  const open = async (code: string, peers: readonly string[]): Promise<Site> => {
    const own = code === 'ЦБ' ? (options.officeRules ?? options.planRules) : options.planRules
    const planRules = own === undefined ? {} : { planRules: own }
    const rules = withRules(options.rules)
    const site = new Site({ code, peers, folder, post, clock, ...rules, ...planRules })
    if (copyOf === undefined) await site.join(schema)
    else site.restart()
    return site
  }
  const office = await open('ЦБ', ['С01', 'С02'])
  const shop = await open('С01', ['ЦБ'])
  const second = await open('С02', ['ЦБ'])
  const sites = [shop, second, office]
  t.after(() => {
    for (const site of sites) site.close()
    rmSync(folder, { recursive: true })
  })
  return { office, shop, second, sites, post, clock }
}

/** Exchanges in turns until nobody has anything to send. */
export async function settle({ sites, post }: World): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    for (const site of sites) await site.exchange()
    if (post.letters.length === 0 && turn > 0) return
  }
}

/** Whether all three nodes have the same rows. */
export async function areEqual({ sites }: World): Promise<boolean> {
  const [first, ...others] = await Promise.all(
    sites.map(async (site) => JSON.stringify(await site.store.checksums())),
  )
  return others.every((checksums) => checksums === first)
}

function withRules(rules: NodeSettings['rules']): Pick<NodeSettings, 'rules'> {
  return rules === undefined ? {} : { rules }
}

/** The tests kill processes, not machines: there is no need to wait for the disk. */
function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true })
  database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY')
  return database
}
