/** A head office with shares in one table, and a reader of what a node is offered that keeps what the node then has. */
import { DatabaseSync } from 'node:sqlite'

import {
  newNodeState,
  type NodeCode,
  parseNodeCode,
  type PlanRules,
  type RowLine,
  type TableLine,
  type TableRule,
} from '@obmen/exchange'
import { openSqliteStore, prepareSqlite, type SqliteStore } from '@obmen/exchange/sqlite'

import { PLAN, tableLine } from './prepared-database.ts'

export const ORDERS: TableLine = tableLine('orders', 1, {
  id: 'integer',
  place: 'text',
  note: 'text',
})

export function rulesFor(rule: Partial<TableRule>): PlanRules {
  const whole: TableRule = { direction: 'both', leaveOut: [], ...rule }
  return { conflicts: { kind: 'latest' }, strict: false, tables: new Map([['orders', whole]]) }
}

export class ShareSite {
  readonly database = new DatabaseSync(':memory:')
  store: SqliteStore

  constructor(rules?: PlanRules) {
    this.database.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, place TEXT, note TEXT)')
    prepareSqlite(this.database, PLAN, { kind: 'all' })
    this.store = openSqliteStore(this.database, PLAN, rules)
  }

  /** The program is started again with other rules. */
  reopen(rules: PlanRules): void {
    this.store = openSqliteStore(this.database, PLAN, rules)
  }

  async addNode(code: string): Promise<OfferedNode> {
    const node = newNodeState(parseNodeCode(code))
    await this.store.transaction((transaction) => transaction.addNode(node))
    return new OfferedNode(this, node.code)
  }

  sql(statements: string): void {
    this.database.exec(statements)
  }

  fold(): Promise<number> {
    return this.store.transaction((transaction) => transaction.fold())
  }

  async setAttributes(code: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    await this.store.transaction((transaction) => {
      return transaction.setAttributes(parseNodeCode(code), new Map(Object.entries(attributes)))
    })
  }

  /** Applies rows as a message of a node. */
  async receive(code: string, rows: readonly RowLine[]): Promise<void> {
    await this.store.transaction(async (transaction) => {
      await transaction.fold()
      const sender = { code: parseNodeCode(code), acknowledgedSeq: 0, nowMs: 0 }
      const applier = await transaction.beginApplying(sender)
      await applier.beginTable(ORDERS)
      await applier.applyRows(rows)
      await applier.finish()
    })
  }
}

/** What a node has that takes everything it is offered, at once. */
export class OfferedNode {
  readonly rows = new Map<string, string>()
  /** The lines of the last look, such as `+1 a`, `-2`, `x3`. */
  lines: string[] = []
  offeredSeq = 0
  readonly code: NodeCode
  readonly #site: ShareSite

  constructor(site: ShareSite, code: NodeCode) {
    this.#site = site
    this.code = code
  }

  /** Reads what is new for the node, as a message that arrives would bring it. `between` happens after the fold. */
  async look(between: () => void = () => undefined): Promise<readonly string[]> {
    const throughSeq = await this.#site.fold()
    between()
    this.lines = []
    const request = { forNode: this.code, afterSeq: this.offeredSeq, throughSeq }
    for await (const { changes } of this.#site.store.readChanges(request)) {
      for (const { row } of changes) this.take(row)
    }
    this.offeredSeq = throughSeq
    await this.#site.store.transaction(async (transaction) => {
      await transaction.saveNode({ ...(await transaction.node(this.code)), offeredSeq: throughSeq })
    })
    return this.lines
  }

  take({ kind, values: [key = null, place = null, note = null] }: RowLine): void {
    if (kind === 'row') this.rows.set(String(key), `${String(place)} ${String(note)}`)
    else this.rows.delete(String(key))
    this.lines.push(
      kind === 'row'
        ? `+${String(key)} ${String(place)}`
        : `${kind === 'deletion' ? '-' : 'x'}${String(key)}`,
    )
  }
}
