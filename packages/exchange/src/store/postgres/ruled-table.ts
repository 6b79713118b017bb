import type { TableLine } from '../../message/body-lines.ts'
import { RuleInvalid } from '../../plan/errors.ts'
import type { PlanRules, TableRule } from '../../plan/plan-rules.ts'
import { parseCondition, type SqlCondition } from '../../plan/sql-condition.ts'
import { checkTableNames, columnNames, readLeftOut } from '../table-rules.ts'
import type { CapturedTable } from './capture.ts'
import { type Connection, isRefusal, isSyntaxError, toNumber } from './postgres-database.ts'
import { readKeyBlocks, type SequenceRule } from './key-ledger.ts'
import { tableName, toTableLine, type UserColumn } from './user-table.ts'

/** A table of the plan with what the plan's rules say of it. */
export interface RuledTable extends CapturedTable {
  readonly direction: TableRule['direction']
  /** Columns that stay here. */
  readonly leaveOut: ReadonlySet<string>
  /** Which rows are a node's share. Absent where every node gets the whole table. */
  readonly condition?: SqlCondition
  /** How its keys are handed out, where they are. */
  readonly keyBlocks?: SequenceRule
}

/** Stands for "every row" where a table had a condition before and has none any more: its shares are kept on. */
export const EVERY_ROW: SqlCondition = { parts: ['true'], names: [] }

/** The tables with their rules. Throws {@link RuleInvalid} for a rule that no table can keep. */
export async function putUnderRules(
  connection: Connection,
  tables: readonly CapturedTable[],
  rules: PlanRules,
): Promise<RuledTable[]> {
  checkTableNames(tables, rules)
  const shared = await readSharedTables(connection)
  const ruled: RuledTable[] = []
  for (const table of tables) {
    const rule = rules.tables.get(table.name)
    const own = await readCondition(connection, table, rule)
    const condition = own ?? (shared.has(table.id) ? EVERY_ROW : undefined)
    const keyBlocks = await readKeyBlocks(connection, table, rules)
    ruled.push({
      ...table,
      direction: rule?.direction ?? 'both',
      leaveOut: readLeftOut(table, rule),
      ...(condition !== undefined && { condition }),
      ...(keyBlocks !== undefined && { keyBlocks }),
    })
  }
  return ruled
}

/** The columns of a table that travel, key columns first. */
export function sharedColumns(table: RuledTable): readonly UserColumn[] {
  return [...table.key, ...table.others.filter(({ name }) => !table.leaveOut.has(name))]
}

/** The table as a message names it: key columns first, and nothing that stays here. */
export function toSharedTableLine(table: RuledTable): TableLine {
  const others = sharedColumns(table).slice(table.key.length)
  const line = toTableLine({ ...table, others })
  return table.leaveOut.size === 0 ? line : { ...line, leftOut: [...table.leaveOut] }
}

async function readSharedTables(connection: Connection): Promise<ReadonlySet<number>> {
  const tables = await connection.all(
    `SELECT substr(relname, 10) FROM pg_class
      WHERE relnamespace = 'obmen_exchange'::regnamespace AND relkind = 'r' AND relname ~ '^share_of_[0-9]+$'`,
  )
  return new Set(tables.map(([id]) => toNumber(id)))
}

async function readCondition(
  connection: Connection,
  table: CapturedTable,
  rule: TableRule | undefined,
): Promise<SqlCondition | undefined> {
  if (rule?.where === undefined) return undefined
  const condition = parseCondition(rule.where, table.name)
  await connection.exec('SAVEPOINT obmen_rule')
  try {
    // With any values: only names and grammar are looked at. NULL has every type.
    await connection.exec(
      `SELECT 1 FROM ${tableName(table)} WHERE (${condition.parts.join('NULL')}) LIMIT 0`,
    )
  } catch (error) {
    await connection.exec('ROLLBACK TO SAVEPOINT obmen_rule')
    if (!(error instanceof Error) || !(isRefusal(error) || isSyntaxError(error))) throw error
    throw new RuleInvalid(
      table.name,
      {
        kind: 'refused',
        database: 'PostgreSQL',
        words: error.message,
        columns: columnNames(table),
      },
      { cause: error },
    )
  }
  await connection.exec('RELEASE SAVEPOINT obmen_rule')
  return condition
}
