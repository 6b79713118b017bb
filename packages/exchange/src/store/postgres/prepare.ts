import type { ExchangePlan } from '../../plan/exchange-plan.ts'
import {
  chooseTables,
  inOrderOfReferences,
  type PlanContent,
  type Preparation,
  type PreparedTable,
} from '../content.ts'
import { StoreOfAnotherPlan, TablesInherit } from '../errors.ts'
import type { CapturedTable } from './capture.ts'
import {
  adoptPartitions,
  captureStateOf,
  findFormer,
  installCapture,
  readCaptureCatalog,
  repairCapture,
  retireCapture,
} from './install-capture.ts'
import { releaseSequences } from './key-ledger.ts'
import { lockStore, readHeadSeq, readMeta, writeHeadSeq, writeMeta } from './meta.ts'
import {
  type Connection,
  inTransaction,
  type PostgresPool,
  toNumber,
  toText,
} from './postgres-database.ts'
import { readCapturedTables } from './captured-tables.ts'
import { SCHEMA, SCHEMA_VERSION } from './schema.ts'
import { readUserTables, type UserTable } from './user-table.ts'

/** Which tables take part, and of which schema. */
export type PostgresContent = PlanContent & {
  /** The schema whose tables take part; messages name them without it. `public` unless told otherwise. */
  readonly schema?: string
}

/**
 * Prepares a database for an exchange: makes the schema `obmen_exchange` with the tables that Obmen needs, and log, change index and
 * triggers for each table of the plan. The application's own tables are not changed. What is prepared already stays as it is, so it may
 * be called again, after a table was added to the plan's content or to mend triggers. All in one transaction, which waits for those
 * who write to a table that joins the plan. The role must own the tables, and have CREATE on the database.
 *
 * Throws {@link TableUnknown}, {@link TableWithoutPrimaryKey}, {@link TablesInherit}, {@link StoreOfAnotherPlan}.
 *
 * @example
 * ```ts
 * import { parseNodeCode, parsePlanName } from '@obmen/exchange'
 * import { type PostgresPool, preparePostgres } from '@obmen/exchange/postgres'
 *
 * declare const pool: PostgresPool // new pg.Pool({ … })
 * const plan = { name: parsePlanName('УдаленныеСклады'), thisNode: parseNodeCode('ЦБ') }
 * await preparePostgres(pool, plan, { kind: 'except', tables: ['sessions'] })
 * ```
 */
export function preparePostgres(
  pool: PostgresPool,
  plan: ExchangePlan,
  content: PostgresContent,
): Promise<Preparation> {
  return inTransaction(pool, 'READ COMMITTED', async (connection) => {
    await lockStore(connection)
    const schema = await preparePlan(connection, plan, content.schema)
    return prepareTables(connection, { plan, schema, content })
  })
}

/** Takes everything away that {@link preparePostgres} made. The application's tables and their rows stay. */
export function removePostgresPreparation(pool: PostgresPool): Promise<void> {
  return inTransaction(pool, 'READ COMMITTED', async (connection) => {
    await lockStore(connection)
    await releaseSequences(connection, [])
    // The triggers go with their functions, which are in the schema.
    await connection.exec('DROP SCHEMA obmen_exchange CASCADE')
  })
}

/** Gives the schema whose tables take part. */
async function preparePlan(
  connection: Connection,
  plan: ExchangePlan,
  schema = 'public',
): Promise<string> {
  const prepared = await readMeta(connection)
  if (prepared === undefined) {
    await connection.exec(SCHEMA)
    await writeMeta(connection, 'format', String(SCHEMA_VERSION))
    await writeMeta(connection, 'plan', plan.name)
    await writeMeta(connection, 'this_node', plan.thisNode)
    await writeMeta(connection, 'schema', schema)
    await writeMeta(connection, 'seq', '0')
    return schema
  }
  if (prepared.name !== plan.name || prepared.thisNode !== plan.thisNode) {
    throw new StoreOfAnotherPlan(prepared, plan)
  }
  return prepared.schema
}

interface TableOptions {
  readonly plan: ExchangePlan
  readonly schema: string
  readonly content: PlanContent
}

async function prepareTables(
  connection: Connection,
  { plan, schema, content }: TableOptions,
): Promise<Preparation> {
  const wanted = inOrderOfReferences(
    chooseTables(await readUserTables(connection, schema), content),
  )
  await checkInheritance(connection, wanted)
  const captured = await readCapturedTables(connection, schema)
  const removed = captured.filter(({ name }) => !wanted.some((table) => table.name === name))
  for (const { id } of removed) await retireCapture(connection, id)
  const catalog = await readCaptureCatalog(connection)
  const tables: PreparedTable[] = []
  for (const table of wanted) {
    const present = captured.find(({ name }) => name === table.name)
    if (present === undefined) {
      tables.push(await addTable(connection, plan, table))
      continue
    }
    const state = captureStateOf(present, catalog)
    if (state === 'partitioned') await adoptPartitions(connection, present)
    const rowCount = state === 'disturbed' ? await repairTable(connection, plan, present) : 0
    tables.push({
      table: table.name,
      rowCount,
      kind: state === 'disturbed' ? 'repaired' : 'present',
    })
  }
  return { tables, removed: removed.map(({ name }) => name) }
}

/** What reads a table reads those that inherit from it too, and what changes them through it fires triggers of it alone. */
async function checkInheritance(
  connection: Connection,
  tables: readonly UserTable[],
): Promise<void> {
  const oids = `{${tables.map(({ oid }) => oid).join(',')}}`
  const pair = await connection.first(
    `WITH RECURSIVE up (child, ancestor) AS (
       SELECT inhrelid, inhparent FROM pg_inherits
       UNION SELECT up.child, i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.ancestor
     )
     SELECT c.relname, a.relname
       FROM up JOIN pg_class c ON c.oid = up.child JOIN pg_class a ON a.oid = up.ancestor
      WHERE c.oid = ANY ($1::oid[]) AND a.oid = ANY ($1::oid[])
      ORDER BY 1, 2 LIMIT 1`,
    oids,
  )
  if (pair !== undefined) throw new TablesInherit(toText(pair[0]), toText(pair[1]))
}

async function addTable(
  connection: Connection,
  plan: ExchangePlan,
  table: UserTable,
): Promise<PreparedTable> {
  const former = await findFormer(connection, table.name)
  if (former !== undefined) {
    const rowCount = await repairTable(connection, plan, { ...table, id: former })
    return { table: table.name, rowCount, kind: 'added' }
  }
  const [last] = (await connection.first('SELECT max(id) FROM obmen_exchange.tables')) ?? []
  const headSeq = await readHeadSeq(connection)
  const captured = { ...table, id: toNumber(last) + 1 }
  const rowCount = await installCapture(connection, captured, { headSeq, origin: plan.thisNode })
  await writeHeadSeq(connection, headSeq + rowCount)
  return { table: table.name, rowCount, kind: 'added' }
}

/** Registers every row as possibly changed. Gives the number of rows. */
async function repairTable(
  connection: Connection,
  plan: ExchangePlan,
  table: CapturedTable,
): Promise<number> {
  const headSeq = await readHeadSeq(connection)
  const registration = { headSeq, origin: plan.thisNode }
  const { rowCount, positions } = await repairCapture(connection, table, registration)
  await writeHeadSeq(connection, headSeq + positions)
  return rowCount
}
