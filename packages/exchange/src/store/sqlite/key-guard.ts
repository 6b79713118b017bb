/** The triggers that refuse keys behind a node's block: see key-ledger.ts. */
import { RuleInvalid } from '../../plan/errors.ts'
import { type KeyBlockRule, keyBlockRuleOf } from '../../plan/key-blocks.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { CapturedTable } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/** Named like the other triggers of the table, so that it goes with them. */
function guardName(id: number): string {
  return `obmen_${id}_key_guard`
}

/** What is refused is above the end, and has been numbered by the database, or would make it number on from there. */
function guardStatement(table: CapturedTable): string {
  const key = quoteName(table.key[0]?.name ?? '')
  const words = `obmen: ${table.name}: no key is left in the block of this node; exchange with the head office`
  return (
    `CREATE TRIGGER ${guardName(table.id)} AFTER INSERT ON ${quoteName(table.name)} ` +
    `WHEN NEW.${key} > (SELECT last FROM obmen_key_end WHERE table_id = ${table.id}) ` +
    `BEGIN SELECT RAISE(ABORT, '${words.replaceAll("'", "''")}'); END`
  )
}

/** The tables whose guards are missing, or there without a rule. */
export function findUnguarded(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
): readonly RuledTable[] {
  const guards = readGuards(database)
  return tables.filter((table) => {
    const statement = table.keyBlocks === undefined ? undefined : guardStatement(table)
    return guards.get(table.id) !== statement
  })
}

/** Makes and takes away guards, as the rules are now. Must run in a write transaction. */
export function makeKeyGuards(database: SqliteDatabase, tables: readonly RuledTable[]): void {
  for (const table of findUnguarded(database, tables)) {
    database.exec(`DROP TRIGGER IF EXISTS ${guardName(table.id)}`)
    if (table.keyBlocks !== undefined) database.exec(guardStatement(table))
    else database.exec(`DELETE FROM obmen_key_end WHERE table_id = ${table.id}`)
  }
}

function readGuards(database: SqliteDatabase): ReadonlyMap<number, string> {
  const guards = new Query(
    database,
    `SELECT CAST(substr(name, 7) AS INTEGER), sql FROM sqlite_schema
      WHERE type = 'trigger' AND name GLOB 'obmen_[0-9]*_key_guard'`,
  ).all()
  return new Map(guards.map(([id, sql]) => [toNumber(id), toText(sql)]))
}

/**
 * The rule of a table whose keys are handed out in blocks. Throws {@link RuleInvalid} where the application does not let SQLite
 * count them, or where SQLite can't be told from where.
 */
export function readKeyBlocks(
  database: SqliteDatabase,
  table: CapturedTable,
  rules: PlanRules,
): KeyBlockRule | undefined {
  const rule = keyBlockRuleOf(rules, table.name)
  if (rule === undefined) return undefined
  const [key, another] = table.key
  if (key?.type !== 'integer' || another !== undefined) {
    throw new RuleInvalid(table.name, 'only a key of one integer column is handed out in blocks')
  }
  if (!isAutoincrement(database, table.name)) {
    throw new RuleInvalid(
      table.name,
      `SQLite can't be told from where to count its key on: declare it ${quoteName(key.name)} INTEGER PRIMARY KEY AUTOINCREMENT`,
    )
  }
  return rule
}

function isAutoincrement(database: SqliteDatabase, table: string): boolean {
  const row = new Query(
    database,
    `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?`,
  ).first(table)
  const plain = toText(row?.[0]).replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*/g, ' ')
  return /\bAUTOINCREMENT\b/i.test(plain.replaceAll(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, ' '))
}
