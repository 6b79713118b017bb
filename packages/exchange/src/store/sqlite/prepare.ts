import type { ExchangePlan } from '../../plan/exchange-plan.ts'
import {
  chooseTables,
  inOrderOfReferences,
  type PlanContent,
  type Preparation,
  type PreparedTable,
} from '../content.ts'
import { CollationUnknown, StoreOfAnotherPlan } from '../errors.ts'
import type { CapturedTable } from './capture.ts'
import { requireFitDriver } from './driver-check.ts'
import {
  CaptureInspector,
  findFormer,
  installCapture,
  removeCapture,
  repairCapture,
  replaceEvictionTriggers,
  retireCapture,
} from './install-capture.ts'
import { SCHEMA, SCHEMA_VERSION } from './schema.ts'
import { Query, quoteName, type SqliteDatabase, toNumber } from './sqlite-database.ts'
import { readHeadSeq, writeHeadSeq } from './meta.ts'
import { readCapturedTables, readPlan } from './sqlite-store.ts'
import { readUserTables, type UserTable } from './user-table.ts'
import { writeTransaction } from './write-transaction.ts'

/**
 * Prepares a database for an exchange: makes the tables that Obmen needs, and log, change index and triggers for each
 * table of the plan. The application's own tables are not changed. What is prepared already stays as it is, so it may be
 * called again, after a table was added to the plan's content or to mend triggers. All in one transaction.
 *
 * Throws {@link SqliteUnfit}, {@link TableUnknown}, {@link TableWithoutPrimaryKey}, {@link CollationUnknown}, {@link StoreOfAnotherPlan}.
 */
export function prepareSqlite(
  database: SqliteDatabase,
  plan: ExchangePlan,
  content: PlanContent,
): Preparation {
  requireFitDriver(database)
  return writeTransaction(database, () => {
    preparePlan(database, plan)
    return prepareTables(database, plan, content)
  })
}

/** Takes everything away that {@link prepareSqlite} made. The application's tables and their rows stay. */
export function removePreparation(database: SqliteDatabase): void {
  writeTransaction(database, () => {
    const prepared = new Query(database, 'SELECT id FROM obmen_table').all()
    for (const [id] of prepared) removeCapture(database, toNumber(id))
    const tables = SCHEMA.matchAll(/CREATE TABLE (\w+)/g).map(([, name]) => name ?? '')
    for (const table of [...tables].toReversed()) database.exec(`DROP TABLE ${quoteName(table)}`)
  })
}

function preparePlan(database: SqliteDatabase, plan: ExchangePlan): void {
  const prepared = readPlan(database)
  if (prepared === undefined) {
    database.exec(SCHEMA)
    const meta = new Query(database, 'INSERT INTO obmen_meta VALUES (?, ?)')
    meta.run('schema', BigInt(SCHEMA_VERSION))
    meta.run('plan', plan.name)
    meta.run('this_node', plan.thisNode)
    meta.run('seq', 0n)
    return
  }
  if (prepared.name !== plan.name || prepared.thisNode !== plan.thisNode) {
    throw new StoreOfAnotherPlan(prepared, plan)
  }
}

function prepareTables(
  database: SqliteDatabase,
  plan: ExchangePlan,
  content: PlanContent,
): Preparation {
  const wanted = inOrderOfReferences(chooseTables(readUserTables(database), content))
  checkCollations(database, wanted)
  const captured = readCapturedTables(database)
  const removed = captured.filter(({ name }) => !wanted.some((table) => table.name === name))
  for (const { id } of removed) retireCapture(database, id)
  const inspector = new CaptureInspector(database)
  const tables = wanted.map((table): PreparedTable => {
    const present = captured.find(({ name }) => name === table.name)
    if (present === undefined) return addTable(database, plan, table)
    const state = inspector.stateOf(present)
    if (state === 'disturbed') {
      const rowCount = repairTable(database, plan, present)
      return { table: table.name, rowCount, kind: 'repaired' }
    }
    if (state === 'outdated') replaceEvictionTriggers(database, present)
    return { table: table.name, rowCount: 0, kind: 'present' }
  })
  return { tables, removed: removed.map(({ name }) => name) }
}

function addTable(database: SqliteDatabase, plan: ExchangePlan, table: UserTable): PreparedTable {
  const former = findFormer(database, table.name)
  if (former !== undefined) {
    const rowCount = repairTable(database, plan, { ...table, id: former })
    return { table: table.name, rowCount, kind: 'added' }
  }
  const [last] = new Query(database, 'SELECT max(id) FROM obmen_table').first() ?? [0]
  const headSeq = readHeadSeq(database)
  const captured = { ...table, id: toNumber(last) + 1 }
  const rowCount = installCapture(database, captured, { headSeq, origin: plan.thisNode })
  writeHeadSeq(database, headSeq + rowCount)
  return { table: table.name, rowCount, kind: 'added' }
}

/** Registers every row as possibly changed. Gives the number of rows. */
function repairTable(database: SqliteDatabase, plan: ExchangePlan, table: CapturedTable): number {
  const headSeq = readHeadSeq(database)
  const registration = { headSeq, origin: plan.thisNode }
  const { rowCount, positions } = repairCapture(database, table, registration)
  writeHeadSeq(database, headSeq + positions)
  return rowCount
}

/** Log and index compare keys as the application does. What it registers with its own SQLite for that is not here. */
function checkCollations(database: SqliteDatabase, tables: readonly UserTable[]): void {
  for (const table of tables) {
    for (const { name, collation } of table.key) {
      if (isKnownCollation(database, collation)) continue
      throw new CollationUnknown(table.name, name, collation)
    }
  }
}

/** `pragma_collation_list` also names what the schema only mentions, so it is tried. */
function isKnownCollation(database: SqliteDatabase, collation: string): boolean {
  if (['BINARY', 'NOCASE', 'RTRIM'].includes(collation.toUpperCase())) return true
  try {
    database.prepare(`SELECT ? = ? COLLATE ${quoteName(collation)}`)
    return true
  } catch {
    return false
  }
}
