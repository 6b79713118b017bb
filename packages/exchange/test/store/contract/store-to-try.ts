/** A database of any kind that takes part in an exchange, and what its store says of it. */
import {
  type ApplySummary,
  type Change,
  type ChangeBatch,
  type ChangeStore,
  type ExchangePlan,
  parseNodeCode,
  parsePlanName,
  type RowLine,
  type TableLine,
  type Value,
} from '@obmen/exchange'

import type { PlanRules } from '../../../src/plan/plan-rules.ts'

export const PLAN: ExchangePlan = {
  name: parsePlanName('УдаленныеСклады'),
  thisNode: parseNodeCode('ЦБ'),
}

/** What a database has to do for the tests, beside its store. */
export interface TriedDatabase {
  readonly store: ChangeStore
  /** What a program that knows nothing of an exchange does: statements in words that every database understands. */
  sql(statements: string): Promise<void>
  /** The rows of a query, with every value as the text that JSON makes of it. */
  rows(query: string): Promise<string[][]>
  /** Throws when triggers are missing. */
  checkCapture(): Promise<void>
}

/** Makes a database with a schema, prepares it for {@link PLAN} with all its tables, and opens it under the plan's rules. */
export type OpenDatabase = (schema: string, rules?: PlanRules) => Promise<StoreToTry>

export class StoreToTry implements TriedDatabase {
  readonly #database: TriedDatabase
  #seenSeq = 0

  constructor(database: TriedDatabase) {
    this.#database = database
  }

  get store(): ChangeStore {
    return this.#database.store
  }

  sql(statements: string): Promise<void> {
    return this.#database.sql(statements)
  }

  rows(query: string): Promise<string[][]> {
    return this.#database.rows(query)
  }

  checkCapture(): Promise<void> {
    return this.#database.checkCapture()
  }

  fold(): Promise<number> {
    return this.store.transaction((transaction) => transaction.fold())
  }

  /** Everything in a range of the change index, as `С01` is offered it. */
  async batches(range: {
    readonly afterSeq: number
    readonly throughSeq: number
    readonly forNode?: string
  }): Promise<ChangeBatch[]> {
    const forNode = parseNodeCode(range.forNode ?? 'С01')
    const batches: ChangeBatch[] = []
    for await (const batch of this.store.readChanges({ ...range, forNode })) batches.push(batch)
    return batches
  }

  async changes(range: Parameters<StoreToTry['batches']>[0]): Promise<Change[]> {
    return (await this.batches(range)).flatMap(({ changes }) => [...changes])
  }

  /** Folds, and gives what a node is offered that knows everything up to the last call: `+ goods 1 "Tea"`. */
  async newChanges(): Promise<string[]> {
    const throughSeq = await this.fold()
    const batches = await this.batches({ afterSeq: this.#seenSeq, throughSeq })
    this.#seenSeq = throughSeq
    return batches.flatMap(describeBatch)
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
    { code = 'С01', acknowledgedSeq = 0 }: TestSender = {},
  ): Promise<ApplySummary> {
    return this.store.transaction(async (transaction) => {
      await transaction.fold()
      const sender = { code: parseNodeCode(code), acknowledgedSeq, nowMs: 1_800_000_000_000 }
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
}

function describeBatch({ table, changes }: ChangeBatch): string[] {
  return changes.map(({ row }) => {
    const values = row.values.map(describeValue).join(' ')
    return `${{ row: '+', deletion: '-', departure: 'x' }[row.kind]} ${table.table} ${values}`
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

/** A table line: `tableLine('users', 1, { login: 'text', age: 'integer' })`. */
export function tableLine(
  table: string,
  keyLength: number,
  columns: Readonly<Record<string, ColumnType>>,
): TableLine {
  const named = Object.entries(columns).map(([name, type]) => ({ name, type }))
  return { kind: 'table', table, keyLength, columns: named }
}
