import { NodeExists, NodeUnknown } from '../../plan/errors.ts'
import type { ExchangePlan } from '../../plan/exchange-plan.ts'
import { checkAttributes, type NodeAttributes } from '../../plan/node-attributes.ts'
import { type NodeCode, parseNodeCode } from '../../plan/node-code.ts'
import type { NodeState } from '../../plan/node-state.ts'
import { DEFAULT_PLAN_RULES, type PlanRules } from '../../plan/plan-rules.ts'
import { BatchRowApplier } from '../apply/row-applier.ts'
import type {
  ChangeBatch,
  ChangesRequest,
  ChangeStore,
  ConflictRecord,
  RefusedRow,
  RowApplier,
  Sender,
  StoreTransaction,
  TableChecksum,
} from '../change-store.ts'
import { CaptureDisturbed, StoreNotPrepared, StoreOfAnotherPlan } from '../errors.ts'
import { PostgresApplyDatabase } from './apply-database.ts'
import { readAttributes, writeAttributes } from './attribute-rows.ts'
import { indexName } from './capture.ts'
import { readCapturedTables } from './captured-tables.ts'
import { readChanges } from './change-reader.ts'
import { checksum } from './checksum.ts'
import { fold } from './fold.ts'
import { adoptPartitions, captureStateOf, readCaptureCatalog } from './install-capture.ts'
import { lockStore, readHeadSeq, readMeta, writeHeadSeq } from './meta.ts'
import { deleteNode, readNode, readNodeCodes, readNodes, writeNode } from './node-rows.ts'
import {
  Connection,
  inTransaction,
  type PostgresPool,
  rollBack,
  SETTINGS,
  toNumber,
  toText,
} from './postgres-database.ts'
import { putUnderRules, type RuledTable } from './ruled-table.ts'

/** The plan's rules, and what PostgreSQL alone has to be told. */
export interface PostgresRules extends PlanRules {
  /**
   * What becomes of the application's own triggers while a message is applied. `suspended`, the default: they don't fire. `fire`: they
   * do, and what they change is a change of this node. See docs/decisions/012-postgresql.md.
   */
  readonly triggers?: 'suspended' | 'fire'
}

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
    throw new StoreOfAnotherPlan(
      `node ${prepared.thisNode} of ${prepared.name}`,
      `node ${plan.thisNode} of ${plan.name}`,
    )
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

/** A PostgreSQL database that takes part in an exchange. Made by {@link openPostgresStore}. */
export class PostgresStore implements ChangeStore {
  readonly plan: ExchangePlan
  readonly #pool: PostgresPool
  readonly #options: StoreOptions

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
    await this.#write(() => Promise.resolve())
  }

  /** The tables as they are, with their capture as it should be: an application may add a column or a partition at any time. */
  async #currentTables(connection: Connection): Promise<readonly RuledTable[]> {
    const captured = await readCapturedTables(connection, this.#options.schema)
    const catalog = await readCaptureCatalog(connection)
    const disturbed = captured.filter((table) => captureStateOf(table, catalog) === 'disturbed')
    if (disturbed.length > 0) throw new CaptureDisturbed(disturbed.map(({ name }) => name))
    return putUnderRules(connection, captured, this.#options)
  }

  #write<Result>(
    work: (connection: Connection, tables: readonly RuledTable[]) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(this.#pool, 'READ COMMITTED', async (connection) => {
      await lockStore(connection)
      const tables = await this.#currentTables(connection)
      const catalog = await readCaptureCatalog(connection)
      for (const table of tables) {
        if (captureStateOf(table, catalog) === 'partitioned')
          await adoptPartitions(connection, table)
      }
      return work(connection, tables)
    })
  }

  #read<Result>(
    work: (connection: Connection, tables: readonly RuledTable[]) => Promise<Result>,
  ): Promise<Result> {
    return inTransaction(this.#pool, 'REPEATABLE READ, READ ONLY', async (connection) =>
      work(connection, await this.#currentTables(connection)),
    )
  }

  transaction<Result>(work: (transaction: StoreTransaction) => Promise<Result>): Promise<Result> {
    return this.#write((connection, tables) =>
      work(
        new PostgresTransaction(connection, {
          tables,
          plan: this.plan,
          triggers: this.#options.triggers ?? 'suspended',
        }),
      ),
    )
  }

  async *readChanges(request: ChangesRequest): AsyncGenerator<ChangeBatch, void, void> {
    const client = await this.#pool.connect()
    const connection = new Connection(client)
    try {
      await connection.exec(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;${SETTINGS}`)
      yield* readChanges(connection, await this.#currentTables(connection), request)
    } finally {
      // Nothing was written, so this only ends the snapshot; unlike COMMIT it never hides what went wrong before.
      client.release(await rollBack(connection))
    }
  }

  checksums(): Promise<readonly TableChecksum[]> {
    return this.#read(async (connection, tables) => {
      const checksums: TableChecksum[] = []
      for (const table of tables) checksums.push(await checksum(connection, table))
      return checksums
    })
  }

  refusedRows(): Promise<readonly RefusedRow[]> {
    return this.#read(async (connection) => {
      const rows = await connection.all(
        `SELECT table_name, row_key, node, reason, row_line, refused_at
           FROM obmen.refused ORDER BY refused_at, table_name, row_key`,
      )
      return rows.map((row) => ({
        table: toText(row[0]),
        key: toText(row[1]),
        node: parseNodeCode(toText(row[2])),
        reason: toText(row[3]),
        row: toText(row[4]),
        refusedAt: toNumber(row[5]),
      }))
    })
  }

  conflicts(): Promise<readonly ConflictRecord[]> {
    return this.#read(async (connection) => {
      const rows = await connection.all(
        'SELECT table_name, row_key, node, winner, ours, theirs, decided_at FROM obmen.conflicts ORDER BY id',
      )
      return rows.map((row) => ({
        table: toText(row[0]),
        key: toText(row[1]),
        node: parseNodeCode(toText(row[2])),
        winner: row[3] === 'ours' ? 'ours' : 'theirs',
        ours: row[4] ?? undefined,
        theirs: row[5] ?? undefined,
        decidedAt: toNumber(row[6]),
      }))
    })
  }
}

interface TransactionOptions {
  readonly tables: readonly RuledTable[]
  readonly plan: ExchangePlan
  readonly triggers: 'suspended' | 'fire'
}

class PostgresTransaction implements StoreTransaction {
  readonly #connection: Connection
  readonly #options: TransactionOptions

  constructor(connection: Connection, options: TransactionOptions) {
    this.#connection = connection
    this.#options = options
  }

  nodes(): Promise<readonly NodeState[]> {
    return readNodes(this.#connection)
  }

  async node(code: NodeCode): Promise<NodeState> {
    const node = await readNode(this.#connection, code)
    if (node === undefined) throw new NodeUnknown(code, await readNodeCodes(this.#connection))
    return node
  }

  saveNode(node: NodeState): Promise<void> {
    return writeNode(this.#connection, node)
  }

  async addNode(node: NodeState): Promise<void> {
    const known = await readNode(this.#connection, node.code)
    if (known !== undefined) throw new NodeExists(node.code)
    await writeNode(this.#connection, node)
    await this.forgetVia(node.code)
  }

  removeNode(code: NodeCode): Promise<void> {
    return deleteNode(this.#connection, code)
  }

  attributes(code: NodeCode): Promise<NodeAttributes> {
    return readAttributes(this.#connection, code)
  }

  async setAttributes(code: NodeCode, attributes: NodeAttributes): Promise<void> {
    await this.node(code)
    checkAttributes(attributes)
    await writeAttributes(this.#connection, code, attributes)
  }

  async fold(): Promise<number> {
    const headSeq = await readHeadSeq(this.#connection)
    const { tables, plan } = this.#options
    const lastSeq = await fold(this.#connection, tables, { headSeq, origin: plan.thisNode })
    if (lastSeq > headSeq) await writeHeadSeq(this.#connection, lastSeq)
    return lastSeq
  }

  async forgetVia(code: NodeCode): Promise<void> {
    for (const table of this.#options.tables) {
      await this.#connection.run(`UPDATE ${indexName(table)} SET via = '' WHERE via = $1`, code)
    }
  }

  async beginApplying(sender: Sender): Promise<RowApplier> {
    const { tables, triggers, plan } = this.#options
    const { thisNode } = plan
    const applier = new BatchRowApplier({
      database: await PostgresApplyDatabase.begin(this.#connection, { tables, thisNode, triggers }),
      thisNode,
      sender,
      headSeq: await readHeadSeq(this.#connection),
    })
    return {
      beginTable: (line) => applier.beginTable(line),
      applyRows: (rows) => applier.applyRows(rows),
      finish: async () => {
        const summary = await applier.finish()
        await writeHeadSeq(this.#connection, applier.headSeq)
        return summary
      },
    }
  }
}
