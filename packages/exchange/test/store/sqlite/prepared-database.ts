/** A database in memory that is prepared for an exchange, and what its store says of it. */
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'

import {
  type ApplySummary,
  type Change,
  type ChangeBatch,
  type ExchangePlan,
  DEFAULT_PLAN_RULES,
  type PlanRules,
  type RowLine,
  type TableLine,
} from '@obmen/exchange'
import {
  openSqliteStore,
  type PlanContent,
  prepareSqlite,
  type SqliteStore,
} from '@obmen/exchange/sqlite'

import {
  applyMessage,
  describeBatch,
  PLAN,
  readBatches,
  type TestPart,
  type TestSender,
} from '../store-language.ts'

export { deletion, PLAN, readBatches, row, tableLine, type TestSender } from '../store-language.ts'

export interface PreparationOptions {
  readonly plan?: ExchangePlan
  readonly content?: PlanContent
  /** A file instead of memory, so that other connections and programs reach it. */
  readonly file?: string
  readonly rules?: Partial<PlanRules>
}

export class PreparedDatabase {
  readonly database: DatabaseSync
  readonly store: SqliteStore
  #seenSeq = 0

  constructor(schema: string, options: PreparationOptions = {}) {
    const { plan = PLAN, content = { kind: 'all' }, file = ':memory:', rules } = options
    this.database = new DatabaseSync(file)
    this.database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY')
    this.database.exec(schema)
    prepareSqlite(this.database, plan, content)
    this.store = openSqliteStore(this.database, plan, { ...DEFAULT_PLAN_RULES, ...rules })
  }

  /** What a program that knows nothing of an exchange does. */
  sql(statements: string): void {
    this.database.exec(statements)
  }

  rows(query: string): SQLOutputValue[][] {
    return readRows(this.database, query)
  }

  fold(): Promise<number> {
    return this.store.transaction((transaction) => transaction.fold())
  }

  /** Folds, and gives what a node is offered that knows everything up to the last call: `+ goods 1 "Tea"`. */
  async newChanges(): Promise<string[]> {
    return (await this.#newBatches()).flatMap(describeBatch)
  }

  /** The same as the store gives them. */
  async readNew(): Promise<Change[]> {
    return changesOf(await this.#newBatches())
  }

  async #newBatches(): Promise<ChangeBatch[]> {
    const throughSeq = await this.fold()
    const batches = await readBatches(this.store, { afterSeq: this.#seenSeq, throughSeq })
    this.#seenSeq = throughSeq
    return batches
  }

  /** Applies rows of one table as the message of another node. */
  apply(
    table: TableLine,
    rows: readonly RowLine[],
    sender: TestSender = {},
  ): Promise<ApplySummary> {
    return this.applyMessage([{ table, rows }], sender)
  }

  applyMessage(parts: readonly TestPart[], sender: TestSender = {}): Promise<ApplySummary> {
    return applyMessage(this.store, parts, sender)
  }
}

export function readRows(database: DatabaseSync, query: string): SQLOutputValue[][] {
  const statement = database.prepare(query)
  statement.setReturnArrays(true)
  const rows: unknown[] = statement.all()
  return rows.filter((row): row is SQLOutputValue[] => Array.isArray(row))
}

/** The changes of batches, without their tables. */
export function changesOf(batches: readonly ChangeBatch[]): Change[] {
  return batches.flatMap(({ changes }) => [...changes])
}

/** The schema as the application made it, or all of it with ours. */
export function schemaOf(database: DatabaseSync, whose: 'application' | 'all'): SQLOutputValue[][] {
  const condition =
    whose === 'all'
      ? ''
      : String.raw`WHERE name NOT LIKE 'obmen\_%' ESCAPE '\'
    AND tbl_name NOT LIKE 'obmen\_%' ESCAPE '\'`
  return readRows(
    database,
    `SELECT type, name, tbl_name, sql FROM sqlite_schema ${condition} ORDER BY type, name`,
  )
}
