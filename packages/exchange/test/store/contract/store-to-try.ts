/** A database of any kind that takes part in an exchange, and what its store says of it. */
import type {
  ApplySummary,
  Change,
  ChangeBatch,
  ChangeStore,
  RowLine,
  TableLine,
} from '@obmen/exchange'

import type { PlanRules } from '../../../src/plan/plan-rules.ts'
import {
  applyMessage,
  describeBatch,
  readBatches,
  type TestPart,
  type TestRange,
  type TestSender,
} from '../store-language.ts'

export { deletion, departure, PLAN, row, tableLine, type TestSender } from '../store-language.ts'

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
  batches(range: TestRange): Promise<ChangeBatch[]> {
    return readBatches(this.store, range)
  }

  async changes(range: TestRange): Promise<Change[]> {
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

  applyMessage(parts: readonly TestPart[], sender: TestSender = {}): Promise<ApplySummary> {
    return applyMessage(this.store, parts, sender)
  }
}
