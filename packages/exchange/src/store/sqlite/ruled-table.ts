import type { Column, TableLine } from '../../message/body-lines.ts'
import { RuleInvalid } from '../../plan/errors.ts'
import type { KeyBlockRule } from '../../plan/key-blocks.ts'
import type { PlanRules, TableRule } from '../../plan/plan-rules.ts'
import { parseCondition, type SqlCondition } from '../../plan/sql-condition.ts'
import { checkTableNames, columnNames, readLeftOut } from '../table-rules.ts'
import type { CapturedTable } from './capture.ts'
import { readKeyBlocks } from './key-guard.ts'
import { Query, quoteName, type SqliteDatabase } from './sqlite-database.ts'
import { toTableLine } from './user-table.ts'

/** A table of the plan with what the plan's rules say of it. */
export interface RuledTable extends CapturedTable {
  readonly direction: TableRule['direction']
  /** Columns that stay here. */
  readonly leaveOut: ReadonlySet<string>
  /** Which rows are a node's share. Absent where every node gets the whole table. */
  readonly condition?: SqlCondition
  /** How its keys are handed out, where they are. */
  readonly keyBlocks?: KeyBlockRule
}

/** Stands for "every row" where a table had a condition before and has none any more: its shares are kept on. */
const EVERY_ROW: SqlCondition = { parts: ['1'], names: [] }

/** The tables with their rules. Throws {@link RuleInvalid} for a rule that no table can keep. */
export function putUnderRules(
  database: SqliteDatabase,
  tables: readonly CapturedTable[],
  rules: PlanRules,
): RuledTable[] {
  checkTableNames(tables, rules)
  const shared = readSharedTables(database)
  return tables.map((table) => {
    const rule = rules.tables.get(table.name)
    const condition =
      readCondition(database, table, rule) ?? (shared.has(table.id) ? EVERY_ROW : undefined)
    const keyBlocks = readKeyBlocks(database, table, rules)
    return {
      ...table,
      direction: rule?.direction ?? 'both',
      leaveOut: readLeftOut(table, rule),
      ...(condition !== undefined && { condition }),
      ...(keyBlocks !== undefined && { keyBlocks }),
    }
  })
}

/** The columns of a table that travel, beside its key. */
export function sharedColumns(table: RuledTable): readonly Column[] {
  return table.others.filter(({ name }) => !table.leaveOut.has(name))
}

/** The table as a message names it: key columns first, and nothing that stays here. */
export function toSharedTableLine(table: RuledTable): TableLine {
  const line = toTableLine({ ...table, others: sharedColumns(table) })
  return table.leaveOut.size === 0 ? line : { ...line, leftOut: [...table.leaveOut] }
}

function readSharedTables(database: SqliteDatabase): ReadonlySet<number> {
  const tables = new Query(
    database,
    `SELECT CAST(substr(name, 16) AS INTEGER) FROM sqlite_schema
      WHERE type = 'table' AND name GLOB 'obmen_share_of_[0-9]*'`,
  ).all()
  return new Set(tables.map(([id]) => Number(id)))
}

function readCondition(
  database: SqliteDatabase,
  table: CapturedTable,
  rule: TableRule | undefined,
): SqlCondition | undefined {
  if (rule?.where === undefined) return undefined
  const condition = parseCondition(rule.where, table.name)
  try {
    // With any values: only names and grammar are looked at.
    database.prepare(`SELECT 1 FROM ${quoteName(table.name)} WHERE (${condition.parts.join("''")})`)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    const columns = columnNames(table)
    const fault = { kind: 'refused', database: 'SQLite', words, columns } as const
    throw new RuleInvalid(table.name, fault, { cause: error })
  }
  return condition
}
