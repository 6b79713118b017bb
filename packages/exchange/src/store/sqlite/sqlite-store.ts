import { type ExchangePlan, parsePlanName } from '../../plan/exchange-plan.ts'
import type { ChosenVersion } from '../../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableSum } from '../../message/check-line.ts'
import type { NodeState } from '../../plan/node-state.ts'
import { DEFAULT_PLAN_RULES, type PlanRules } from '../../plan/plan-rules.ts'
import type {
  ChangeBatch,
  ChangesRequest,
  ChangeStore,
  ConflictRecord,
  CountRequest,
  RefusedRow,
  SetAsideThere,
  StoreTransaction,
  SumRequest,
  Survey,
  SurveyRequest,
  TableChecksum,
  TableDiffers,
  UnsentRow,
} from '../change-store.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import type { KeyState } from '../key-ledger.ts'
import { readKeyStates } from '../key-states.ts'
import { CaptureDisturbed, StoreNotPrepared, StoreOfAnotherPlan } from '../errors.ts'
import type { CapturedTable } from './capture.ts'
import { countChanges } from './change-count.ts'
import { readChanges } from './change-reader.ts'
import { checksum } from './checksum.ts'
import { readConflicts, readResolutions } from '../conflict-rows.ts'
import { requireFitDriver } from './driver-check.ts'
import { CaptureInspector, replaceEvictionTriggers } from './install-capture.ts'
import { findUnguarded, makeKeyGuards } from './key-guard.ts'
import { SqliteKeyLedger } from './key-ledger.ts'
import { readNodes } from './node-rows.ts'
import { putUnderRules, type RuledTable } from './ruled-table.ts'
import { SCHEMA_VERSION } from './schema.ts'
import { readSetAsideThere } from '../set-aside-rows.ts'
import { areSharesCurrent, extendShares, makeShareTables } from './share.ts'
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'
import { SqliteTransaction } from './sqlite-transaction.ts'
import { StatementCache } from './statement-cache.ts'
import { readDifferences } from '../difference-rows.ts'
import { sumTables } from './sum-tables.ts'
import { survey } from './survey.ts'
import { readUnsent } from './unsent-rows.ts'
import { droppedTable, isDropped, readUserTables } from './user-table.ts'
import { rollBack, writeTransaction } from './write-transaction.ts'

/**
 * SQLite's own 2 MB hold neither the keys nor the change index of a table of 100,000 rows: each row of a message would be
 * looked up on the disk.
 */
const CACHE_KIBIOCTETS = 32 * 1024

/**
 * Opens a database that {@link prepareSqlite} has prepared.
 *
 * SQLite enforces no foreign keys on this connection: in a first load of several messages a child may come before its parent, and
 * a cascade would delete what nobody deleted. They are kept all the same, see docs/decisions/011-foreign-keys-across-messages.md.
 *
 * Throws {@link SqliteUnfit}, {@link StoreNotPrepared}, {@link StoreOfAnotherPlan}, {@link RuleInvalid} for a rule that a table can't keep, and
 * {@link CaptureDisturbed} when triggers are missing.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { parseNodeCode, parsePlanName } from '@obmen/exchange'
 * import { openSqliteStore } from '@obmen/exchange/sqlite'
 *
 * const store = openSqliteStore(new DatabaseSync('trade.db'), {
 *   name: parsePlanName('УдаленныеСклады'),
 *   thisNode: parseNodeCode('ЦБ'),
 * })
 * ```
 */
export function openSqliteStore(
  database: SqliteDatabase,
  plan: ExchangePlan,
  rules: PlanRules = DEFAULT_PLAN_RULES,
): SqliteStore {
  requireFitDriver(database)
  const prepared = readPlan(database)
  if (prepared === undefined) throw new StoreNotPrepared()
  if (prepared.name !== plan.name || prepared.thisNode !== plan.thisNode) {
    throw new StoreOfAnotherPlan(prepared, plan)
  }
  database.exec(`PRAGMA foreign_keys = OFF; PRAGMA cache_size = -${CACHE_KIBIOCTETS}`)
  const store = new SqliteStore(database, plan, rules)
  store.checkCapture()
  return store
}

/** The plan that a database was prepared for; `undefined` when it was not. */
export function readPlan(database: SqliteDatabase): ExchangePlan | undefined {
  const exists = new Query(database, `SELECT 1 FROM sqlite_schema WHERE name = 'obmen_meta'`)
  if (exists.first() === undefined) return undefined
  const meta = new Map(
    new Query(database, 'SELECT name, value FROM obmen_meta').all().map(([name, value]) => {
      return [toText(name), value]
    }),
  )
  if (toNumber(meta.get('schema')) !== SCHEMA_VERSION) return undefined
  return {
    name: parsePlanName(toText(meta.get('plan'))),
    thisNode: parseNodeCode(toText(meta.get('this_node'))),
  }
}

/** The tables of the plan as they are now, parents first. A table that was dropped counts with an empty key. */
export function readCapturedTables(database: SqliteDatabase): CapturedTable[] {
  const present = new Map(readUserTables(database).map((table) => [table.name, table]))
  const recorded = new Query(
    database,
    `SELECT id, name FROM obmen_table WHERE capture <> '' ORDER BY id`,
  ).all()
  return recorded.map(([id, name]) => {
    return { ...(present.get(toText(name)) ?? droppedTable(toText(name))), id: toNumber(id) }
  })
}

function namesOf(tables: readonly CapturedTable[]): readonly string[] {
  return tables.map(({ name }) => name)
}

/** Everything that the tables and their capture follow from. Triggers that were put back stand elsewhere: hence the order. */
function readSchemaText(database: SqliteDatabase): string {
  const statements = new Query(
    database,
    'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name',
  ).all()
  return statements.map(([sql]) => toText(sql)).join(';')
}

/** A SQLite database that takes part in an exchange. Made by {@link openSqliteStore}. */
export class SqliteStore implements ChangeStore {
  readonly plan: ExchangePlan
  readonly #database: SqliteDatabase
  readonly #rules: PlanRules
  #tables: readonly RuledTable[] = []
  /** Those of them whose unique values are others than when their triggers were made. */
  #outdated: readonly RuledTable[] = []
  #schemaVersion = -1
  #schema = ''

  constructor(database: SqliteDatabase, plan: ExchangePlan, rules: PlanRules) {
    this.plan = plan
    this.#rules = rules
    this.#database = new StatementCache(database)
  }

  /**
   * Throws {@link CaptureDisturbed} when changes are not registered as they should be. Where only a unique value has
   * come or gone, what registers its evictions is made anew.
   */
  checkCapture(): void {
    const tables = this.#currentTables()
    if (this.#outdated.length > 0) {
      writeTransaction(this.#database, () => this.#tablesToWrite())
    }
    if (findUnguarded(this.#database, tables).length > 0) {
      writeTransaction(this.#database, () => makeKeyGuards(this.#database, tables))
    }
    if (tables.some(({ condition }) => condition !== undefined)) {
      writeTransaction(this.#database, () => makeShareTables(this.#database, tables))
    }
  }

  /** The tables, with triggers as they should be. Must run in a write transaction: what was mended may be undone with it. */
  #tablesToWrite(): readonly RuledTable[] {
    const tables = this.#currentTables()
    for (const table of this.#outdated) replaceEvictionTriggers(this.#database, table)
    return tables
  }

  /**
   * The tables as they are: an application may add a column, or rebuild a table, at any time. The version of the schema
   * is looked at first; it also grows when triggers are suspended, so then the schema itself is compared.
   */
  #currentTables(): readonly RuledTable[] {
    const [version] = new Query(this.#database, 'PRAGMA schema_version').first() ?? [0]
    if (toNumber(version) === this.#schemaVersion) return this.#tables
    const schema = readSchemaText(this.#database)
    if (schema !== this.#schema) {
      const captured = readCapturedTables(this.#database)
      const tables = putUnderRules(this.#database, captured, this.#rules)
      const inspector = new CaptureInspector(this.#database)
      const disturbed = tables.filter((table) => inspector.stateOf(table) === 'disturbed')
      if (disturbed.length > 0) {
        throw new CaptureDisturbed(namesOf(disturbed), namesOf(disturbed.filter(isDropped)))
      }
      this.#tables = tables
      this.#outdated = tables.filter((table) => inspector.stateOf(table) === 'outdated')
      this.#schema = schema
    }
    this.#schemaVersion = toNumber(version)
    return this.#tables
  }

  survey(request: SurveyRequest): Promise<Survey> {
    return this.#read(() => survey(this.#database, this.#currentTables(), request))
  }

  nodes(): Promise<readonly NodeState[]> {
    return this.#read(() => readNodes(this.#database))
  }

  /** A part of a table is worked out for each node by itself; whole tables are the same for all. */
  shareOf(node: NodeCode): Promise<string> {
    const hasParts = this.#currentTables().some(({ condition }) => condition !== undefined)
    return Promise.resolve(hasParts ? node : '')
  }

  countChanges(requests: readonly CountRequest[]): Promise<readonly number[]> {
    return this.#read(() => countChanges(this.#database, this.#currentTables(), requests))
  }

  setAsideThere(): Promise<readonly SetAsideThere[]> {
    return readSetAsideThere(bookkeepingOf(this.#database))
  }

  unsentRows(): Promise<readonly UnsentRow[]> {
    return this.#read(() => readUnsent(this.#database, this.#currentTables()))
  }

  /** What is read in one snapshot, without the write lock. */
  async #read<Result>(read: () => Result | Promise<Result>): Promise<Result> {
    this.#database.exec('BEGIN')
    try {
      return await read()
    } finally {
      rollBack(this.#database)
    }
  }

  async transaction<Result>(
    work: (transaction: StoreTransaction) => Promise<Result>,
  ): Promise<Result> {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = await work(
        new SqliteTransaction(this.#database, {
          plan: this.plan,
          rules: this.#rules,
          tables: this.#tablesToWrite(),
        }),
      )
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      rollBack(this.#database)
      throw error
    }
  }

  async *readChanges(request: ChangesRequest): AsyncGenerator<ChangeBatch, void, void> {
    this.#workOutShares({ node: request.forNode, throughSeq: request.throughSeq })
    this.#database.exec('BEGIN')
    try {
      yield* readChanges(this.#database, this.#currentTables(), request)
    } finally {
      // Nothing was written, so this only ends the snapshot; unlike COMMIT it never hides what went wrong before.
      rollBack(this.#database)
    }
  }

  #workOutShares(to: { readonly node: NodeCode; readonly throughSeq: number }): void {
    if (areSharesCurrent(this.#database, this.#currentTables(), to)) return
    writeTransaction(this.#database, () => extendShares(this.#database, this.#tablesToWrite(), to))
  }

  checksums(): Promise<readonly TableChecksum[]> {
    return Promise.resolve(this.#currentTables().map((table) => checksum(this.#database, table)))
  }

  sumTables(request: SumRequest): Promise<readonly TableSum[]> {
    return this.#read(() => sumTables(this.#database, this.#currentTables(), request))
  }

  differences(): Promise<readonly TableDiffers[]> {
    return readDifferences(bookkeepingOf(this.#database))
  }

  refusedRows(): Promise<readonly RefusedRow[]> {
    const rows = new Query(
      this.#database,
      'SELECT table_name, row_key, node, reason, row_line, refused_at, ours FROM obmen_refused ORDER BY refused_at',
    ).all()
    return Promise.resolve(
      rows.map((row) => ({
        table: toText(row[0]),
        key: toText(row[1]),
        node: parseNodeCode(toText(row[2])),
        reason: toText(row[3]),
        row: toText(row[4]),
        refusedAt: toNumber(row[5]),
        ours: row[6] === null ? undefined : toText(row[6]),
      })),
    )
  }

  resolutions(range: {
    readonly afterSeq: number
    readonly throughSeq: number
  }): Promise<ReadonlyMap<NodeCode, readonly ChosenVersion[]>> {
    return readResolutions(bookkeepingOf(this.#database), range)
  }

  keyStates(): Promise<readonly KeyState[]> {
    return this.#read(() =>
      readKeyStates(
        new SqliteKeyLedger(this.#database, {
          tables: this.#currentTables(),
          thisNode: this.plan.thisNode,
          mainNode: this.#rules.mainNode,
        }),
      ),
    )
  }

  conflicts(): Promise<readonly ConflictRecord[]> {
    return readConflicts(bookkeepingOf(this.#database))
  }
}
