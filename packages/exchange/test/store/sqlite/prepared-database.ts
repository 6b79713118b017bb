/** A database in memory that is prepared for an exchange, and what its store says of it. */
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'

import {
  type ApplySummary,
  type Change,
  type ChangeBatch,
  type ExchangePlan,
  DEFAULT_PLAN_RULES,
  parseNodeCode,
  parsePlanName,
  type PlanRules,
  type RowLine,
  type TableLine,
  type Value,
} from '@obmen/exchange'
import {
  openSqliteStore,
  type PlanContent,
  prepareSqlite,
  type SqliteStore,
} from '@obmen/exchange/sqlite'

export const PLAN: ExchangePlan = {
  name: parsePlanName('УдаленныеСклады'),
  thisNode: parseNodeCode('ЦБ'),
}

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

  applyMessage(
    parts: readonly { readonly table: TableLine; readonly rows: readonly RowLine[] }[],
    { code = 'С01', ...knowledge }: TestSender = {},
  ): Promise<ApplySummary> {
    return this.store.transaction(async (transaction) => {
      await transaction.fold()
      const sender = {
        code: parseNodeCode(code),
        acknowledgedSeq: 0,
        nowMs: 1_800_000_000_000,
        ...knowledge,
      }
      const applier = await transaction.beginApplying(sender)
      for (const { table, rows } of parts) {
        await applier.beginTable(table)
        await applier.applyRows(rows)
      }
      return applier.finish()
    })
  }
}

export interface TestSender {
  readonly code?: string
  readonly acknowledgedSeq?: number
  readonly beginsAnew?: boolean
  readonly hasMore?: boolean
}

export function readRows(database: DatabaseSync, query: string): SQLOutputValue[][] {
  const statement = database.prepare(query)
  statement.setReturnArrays(true)
  const rows: unknown[] = statement.all()
  return rows.filter((row): row is SQLOutputValue[] => Array.isArray(row))
}

/** Everything in a range of the change index, as `С01` is offered it. */
export async function readBatches(
  store: SqliteStore,
  range: { readonly afterSeq: number; readonly throughSeq: number; readonly forNode?: string },
): Promise<ChangeBatch[]> {
  const forNode = parseNodeCode(range.forNode ?? 'С01')
  const batches: ChangeBatch[] = []
  for await (const batch of store.readChanges({ ...range, forNode })) batches.push(batch)
  return batches
}

function describeBatch({ table, changes }: ChangeBatch): string[] {
  return changes.map(({ row }) => {
    const values = row.values.map(describeValue).join(' ')
    return `${row.kind === 'row' ? '+' : '-'} ${table.table} ${values}`
  })
}

function describeValue(value: Value): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : `${value}`
  return value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : JSON.stringify(value)
}

/** The row as it is so many milliseconds after the epoch, changed by a node. */
export function row(stamp: number, origin: string, ...values: Value[]): RowLine {
  return { kind: 'row', stamp, origin: parseNodeCode(origin), values }
}

export function deletion(stamp: number, origin: string, ...key: Value[]): RowLine {
  return { kind: 'deletion', stamp, origin: parseNodeCode(origin), values: key }
}

type ColumnType = TableLine['columns'][number]['type']

/** A table line: `tableLine('users', 1, { login: ['text', 'NOCASE'], age: 'integer' })`. */
export function tableLine(
  table: string,
  keyLength: number,
  columns: Readonly<Record<string, ColumnType | readonly [ColumnType, string]>>,
): TableLine {
  const named = Object.entries(columns).map(([name, form]) => {
    return typeof form === 'string'
      ? { name, type: form }
      : { name, type: form[0], collation: form[1] }
  })
  return { kind: 'table', table, keyLength, columns: named }
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
