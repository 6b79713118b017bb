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
  readonly schema: string
  readonly folder: string
  readonly post: PostOffice
  readonly clock: { nowMs: number }
  readonly rules?: Partial<ExchangeContext['rules']>
}

/** One site: a database, and what an exchange needs. */
export class Site {
  readonly settings: NodeSettings
  readonly plan: ExchangePlan
  readonly events: ExchangeEvent[] = []
  database: DatabaseSync
  store: SqliteStore

  constructor(settings: NodeSettings) {
    this.settings = settings
    this.plan = { name: PLAN, thisNode: parseNodeCode(settings.code) }
    this.database = openDatabase(this.file)
    this.database.exec(settings.schema)
    prepareSqlite(this.database, this.plan, { kind: 'all' })
    this.store = openSqliteStore(this.database, this.plan)
  }

  get file(): string {
    return join(this.settings.folder, `${this.settings.code}.db`)
  }

  get context(): ExchangeContext {
    const { clock, folder, post, code, rules } = this.settings
    return {
      store: this.store,
      transport: post.transportFor(this.plan),
      spoolFolder: join(folder, `spool-${code}`),
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

  async join(): Promise<void> {
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

  /** The kinds of what happened since the last call. */
  takeEvents(): ExchangeEvent['kind'][] {
    return this.events.splice(0).map(({ kind }) => kind)
  }

  /** The process ends here without a word, and another one starts. */
  restart(): void {
    this.database.close()
    this.#open()
  }

  /** The disk broke; the database is the one of an old backup. */
  restore(backup: string): void {
    this.database.close()
    copyFileSync(backup, this.file)
    this.#open()
  }

  #open(): void {
    this.database = openDatabase(this.file)
    this.store = openSqliteStore(this.database, this.plan)
  }
}

export interface World {
  readonly office: Site
  readonly shop: Site
  readonly second: Site
  readonly post: PostOffice
  readonly clock: { nowMs: number }
}

/** A head office `ЦБ` with two shops, `С01` and `С02`, that know only the head office. */
export async function openWorld(
  t: TestContext,
  options: { readonly schema?: string; readonly rules?: NodeSettings['rules'] } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'obmen-'))
  const post = new PostOffice()
  const clock = { nowMs: Date.UTC(2026, 10, 22) }
  const schema = options.schema ?? SCHEMA
  const open = async (code: string, peers: readonly string[]): Promise<Site> => {
    const site = new Site({ code, peers, schema, folder, post, clock, ...withRules(options.rules) })
    await site.join()
    return site
  }
  const office = await open('ЦБ', ['С01', 'С02'])
  const shop = await open('С01', ['ЦБ'])
  const second = await open('С02', ['ЦБ'])
  t.after(() => {
    for (const site of [office, shop, second]) site.database.close()
    rmSync(folder, { recursive: true })
  })
  return { office, shop, second, post, clock }
}

function withRules(rules: NodeSettings['rules']): Pick<NodeSettings, 'rules'> {
  return rules === undefined ? {} : { rules }
}

/** Exchanges in turns until nobody has anything to send. */
export async function settle({ office, shop, second, post }: World): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) {
    for (const site of [shop, second, office]) await site.exchange()
    if (post.letters.length === 0 && turn > 1) return
  }
}

/** Whether all three nodes have the same rows. */
export async function areEqual({ office, shop, second }: World): Promise<boolean> {
  const [first, ...others] = await Promise.all(
    [office, shop, second].map(async (site) => JSON.stringify(await site.store.checksums())),
  )
  return others.every((checksums) => checksums === first)
}

/** The tests kill processes, not machines: there is no need to wait for the disk. */
function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { enableDoubleQuotedStringLiterals: true })
  database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY')
  return database
}
