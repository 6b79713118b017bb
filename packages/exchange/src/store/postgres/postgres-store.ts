import type { ExchangePlan } from '../../plan/exchange-plan.ts'
import type { ChosenVersion } from '../../plan/message-header.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { TableSum } from '../../message/check-line.ts'
import type { NodeState } from '../../plan/node-state.ts'
import { DEFAULT_PLAN_RULES } from '../../plan/plan-rules.ts'
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
import { CaptureDisturbed, StoreNotPrepared, StoreOfAnotherPlan } from '../errors.ts'
import { readCapturedTables } from './captured-tables.ts'
import { readCatalogVersion } from './catalog-version.ts'
import { PIECE_BY_PIECE, readChanges } from './change-reader.ts'
import { countChanges } from './change-count.ts'
import { checksum } from './checksum.ts'
import { readConflicts, readResolutions } from '../conflict-rows.ts'
import { adoptPartitions, captureStateOf, readCaptureCatalog } from './install-capture.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import type { KeyState } from '../key-ledger.ts'
import { readKeyStates } from '../key-states.ts'
import { PostgresKeyLedger, releaseSequences } from './key-ledger.ts'
import { lockStore, readMeta } from './meta.ts'
import {
  Connection,
  inTransaction,
  type PostgresPool,
  rollBack,
  SETTINGS,
  toNumber,
  toText,
} from './postgres-database.ts'
import { type PostgresRules, PostgresTransaction } from './postgres-transaction.ts'
import { putUnderRules, type RuledTable } from './ruled-table.ts'
import { readNodes } from './node-rows.ts'
import { readSetAsideThere } from '../set-aside-rows.ts'
import { readUnsent } from './unsent-rows.ts'
import { readDifferences } from '../difference-rows.ts'
import { sumTables } from './sum-tables.ts'
import { survey } from './survey.ts'
import { areSharesCurrent, type Extent, extendShares, makeShareTables } from './share.ts'
import { isDropped, type UserTable } from './user-table.ts'

/**
 * Opens a database that {@link preparePostgres} has prepared. The pool must have room for two connections.
 *
 * Several processes may open one database: their transactions come one after another.
 *
 * Throws {@link StoreNotPrepared}, {@link StoreOfAnotherPlan}, {@link RuleInvalid} for a rule that a table can't keep, and
 * {@link CaptureDisturbed} when triggers are missing.
 *
 * @example
 * ```ts
 * import { parseNodeCode, parsePlanName } from '@obmen/exchange'
 * import { openPostgresStore, type PostgresPool } from '@obmen/exchange/postgres'
 *
 * declare const pool: PostgresPool // new pg.Pool({ … })
 * const store = await openPostgresStore(pool, {
 *   name: parsePlanName('УдаленныеСклады'),
 *   thisNode: parseNodeCode('ЦБ'),
 * })
 * ```
 */
export async function openPostgresStore(
  pool: PostgresPool,
  plan: ExchangePlan,
  rules: PostgresRules = DEFAULT_PLAN_RULES,
): Promise<PostgresStore> {
  const prepared = await inTransaction(pool, 'REPEATABLE READ, READ ONLY', readMeta)
  if (prepared === undefined) throw new StoreNotPrepared()
  if (prepared.name !== plan.name || prepared.thisNode !== plan.thisNode) {
    throw new StoreOfAnotherPlan(prepared, plan)
  }
  const store = new PostgresStore(pool, plan, { ...rules, schema: prepared.schema })
  await store.checkCapture()
  return store
}

/** The plan that a database was prepared for; `undefined` when it was not. */
export async function readPostgresPlan(pool: PostgresPool): Promise<ExchangePlan | undefined> {
  const prepared = await inTransaction(pool, 'REPEATABLE READ, READ ONLY', readMeta)
  return prepared && { name: prepared.name, thisNode: prepared.thisNode }
}

interface StoreOptions extends PostgresRules {
  readonly schema: string
}

interface CurrentTables {
  readonly tables: readonly RuledTable[]
  /** Those of them whose partitions have come or gone. */
  readonly partitioned: readonly RuledTable[]
}

/** A PostgreSQL database that takes part in an exchange. Made by {@link openPostgresStore}. */
export class PostgresStore implements ChangeStore {
  readonly plan: ExchangePlan
  readonly #pool: PostgresPool
  readonly #options: StoreOptions
  #hasShares = false
  /** The tables as they were read last, and of which version of the catalog they are. */
  #known: { readonly version: string; readonly tables: readonly RuledTable[] } | undefined

  constructor(pool: PostgresPool, plan: ExchangePlan, options: StoreOptions) {
    this.plan = plan
    this.#pool = pool
    this.#options = options
  }

  /**
   * Throws {@link CaptureDisturbed} when changes are not registered as they should be. Partitions that have come or gone
   * are taken in.
   */
  async checkCapture(): Promise<void> {
    await this.#write(releaseSequences)
  }

  /** The tables as they are: an application may add a column or a partition at any time. */
  async #currentTables(connection: Connection): Promise<CurrentTables> {
    // Looked at first: what changes while the rest is read shows the next time.
    const version = await readCatalogVersion(connection)
    if (this.#known?.version === version) return { tables: this.#known.tables, partitioned: [] }
    const current = await this.#readTables(connection)
    this.#known = current.partitioned.length === 0 ? { version, tables: current.tables } : undefined
    return current
  }

  async #readTables(connection: Connection): Promise<CurrentTables> {
    const captured = await readCapturedTables(connection, this.#options.schema)
    const catalog = await readCaptureCatalog(connection)
    const states = captured.map((table) => captureStateOf(table, catalog))
    const disturbed = captured.filter((_, index) => states[index] === 'disturbed')
    if (disturbed.length > 0) {
      throw new CaptureDisturbed(namesOf(disturbed), namesOf(disturbed.filter(isDropped)))
    }
    const tables = await putUnderRules(connection, captured, this.#options)
    this.#hasShares = tables.some(({ condition }) => condition !== undefined)
    return { tables, partitioned: tables.filter((_, index) => states[index] === 'partitioned') }
  }

  #write<Result>(
    work: (connection: Connection, tables: readonly RuledTable[]) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(this.#pool, 'READ COMMITTED', async (connection) => {
      await lockStore(connection)
      const { tables, partitioned } = await this.#currentTables(connection)
      for (const table of partitioned) await adoptPartitions(connection, table)
      await makeShareTables(connection, tables)
      return work(connection, tables)
    })
  }

  #read<Result>(
    work: (connection: Connection, tables: readonly RuledTable[]) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(this.#pool, 'REPEATABLE READ, READ ONLY', async (connection) =>
      work(connection, (await this.#currentTables(connection)).tables),
    )
  }

  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result> {
    return this.#write((connection, tables) =>
      work(new PostgresTransaction(connection, { plan: this.plan, rules: this.#options, tables })),
    )
  }

  async *readChanges(request: ChangesRequest): AsyncGenerator<ChangeBatch, void, void> {
    await this.#workOutShares({ node: request.forNode, throughSeq: request.throughSeq })
    const client = await this.#pool.connect()
    const connection = new Connection(client)
    try {
      await connection.exec(
        `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;${SETTINGS};${PIECE_BY_PIECE}`,
      )
      const { tables } = await this.#currentTables(connection)
      yield* readChanges(connection, tables, request)
    } finally {
      // Nothing was written, so this only ends the snapshot; unlike COMMIT it never hides what went wrong before.
      client.release(await rollBack(connection))
    }
  }

  async #workOutShares(to: Extent): Promise<void> {
    if (!this.#hasShares) return
    const areCurrent = await this.#read((connection, tables) =>
      areSharesCurrent(connection, tables, to),
    )
    if (!areCurrent) await this.#write((connection, tables) => extendShares(connection, tables, to))
  }

  survey(request: SurveyRequest): Promise<Survey> {
    return this.#read((connection, tables) => survey(connection, tables, request))
  }

  nodes(): Promise<readonly NodeState[]> {
    return this.#read(readNodes)
  }

  /** A part of a table is worked out for each node by itself; whole tables are the same for all. As the tables were at the last look. */
  shareOf(node: NodeCode): Promise<string> {
    return Promise.resolve(this.#hasShares ? node : '')
  }

  countChanges(requests: readonly CountRequest[]): Promise<readonly number[]> {
    return this.#read((connection, tables) => countChanges(connection, tables, requests))
  }

  setAsideThere(): Promise<readonly SetAsideThere[]> {
    return this.#read((connection) => readSetAsideThere(bookkeepingOf(connection)))
  }

  unsentRows(): Promise<readonly UnsentRow[]> {
    return this.#read(readUnsent)
  }

  checksums(): Promise<readonly TableChecksum[]> {
    return this.#read(async (connection, tables) => {
      const checksums: TableChecksum[] = []
      for (const table of tables) checksums.push(await checksum(connection, table))
      return checksums
    })
  }

  sumTables(request: SumRequest): Promise<readonly TableSum[]> {
    return this.#read((connection, tables) => sumTables(connection, tables, request))
  }

  differences(): Promise<readonly TableDiffers[]> {
    return this.#read((connection) => readDifferences(bookkeepingOf(connection)))
  }

  refusedRows(): Promise<readonly RefusedRow[]> {
    return this.#read(async (connection) => {
      const rows = await connection.all(
        `SELECT table_name, row_key, node, reason, row_line, refused_at, ours
           FROM obmen_exchange.refused ORDER BY refused_at, table_name, row_key`,
      )
      return rows.map((row) => ({
        table: toText(row[0]),
        key: toText(row[1]),
        node: parseNodeCode(toText(row[2])),
        reason: toText(row[3]),
        row: toText(row[4]),
        refusedAt: toNumber(row[5]),
        ours: row[6] ?? undefined,
      }))
    })
  }

  resolutions(range: {
    readonly afterSeq: number
    readonly throughSeq: number
  }): Promise<ReadonlyMap<NodeCode, readonly ChosenVersion[]>> {
    return inTransaction(this.#pool, 'REPEATABLE READ, READ ONLY', (connection) =>
      readResolutions(bookkeepingOf(connection), range),
    )
  }

  keyStates(): Promise<readonly KeyState[]> {
    const { thisNode } = this.plan
    const { mainNode } = this.#options
    return this.#read((connection, tables) =>
      readKeyStates(new PostgresKeyLedger(connection, { tables, thisNode, mainNode })),
    )
  }

  conflicts(): Promise<readonly ConflictRecord[]> {
    return this.#read((connection) => readConflicts(bookkeepingOf(connection)))
  }
}

function namesOf(tables: readonly UserTable[]): readonly string[] {
  return tables.map(({ name }) => name)
}
