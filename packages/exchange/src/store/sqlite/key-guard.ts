/** The triggers that refuse keys behind a node's block: see key-ledger.ts. */
import { RuleInvalid } from '../../plan/errors.ts'
import { type KeyBlockRule, keyBlockRuleOf } from '../../plan/key-blocks.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { CapturedTable } from './capture.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

/**
 * The triggers of a table, by name. What is refused is above the end, and has been numbered by the database, or would make it number on
 * from there. Named like the other triggers of the table, so that they go with them.
 */
function guardsOf(table: RuledTable): ReadonlyMap<string, string> {
  if (table.keyBlocks === undefined) return new Map()
  const key = quoteName(table.key[0]?.name ?? '')
  return new Map([
    guard(table, { name: 'key_guard', event: 'INSERT', condition: '' }),
    // Rows from before the block may keep their keys, and get lesser ones.
    guard(table, {
      name: 'key_change_guard',
      event: `UPDATE OF ${key}`,
      condition: `NEW.${key} > OLD.${key} AND `,
    }),
  ])
}

function guard(
  { id, name, key: [key] }: RuledTable,
  on: { readonly name: string; readonly event: string; readonly condition: string },
): readonly [string, string] {
  const trigger = `obmen_${id}_${on.name}`
  const words = `obmen: ${name}: no key is left in the block of this node; exchange with the head office`
  const end = `(SELECT last FROM obmen_key_end WHERE table_id = ${id})`
  return [
    trigger,
    `CREATE TRIGGER ${trigger} AFTER ${on.event} ON ${quoteName(name)} ` +
      `WHEN ${on.condition}NEW.${quoteName(key?.name ?? '')} > ${end} ` +
      `BEGIN SELECT RAISE(ABORT, '${words.replaceAll("'", "''")}'); END`,
  ]
}

/** The tables whose guards are missing, or there without a rule. */
export function findUnguarded(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
): readonly RuledTable[] {
  const found = readGuards(database)
  return tables.filter((table) => {
    const wanted = guardsOf(table)
    const there = found.get(table.id) ?? []
    return there.length !== wanted.size || there.some(([name, sql]) => wanted.get(name) !== sql)
  })
}

/** Makes and takes away guards, as the rules are now. Must run in a write transaction. */
export function makeKeyGuards(database: SqliteDatabase, tables: readonly RuledTable[]): void {
  const found = readGuards(database)
  for (const table of findUnguarded(database, tables)) {
    for (const [name] of found.get(table.id) ?? []) database.exec(`DROP TRIGGER ${name}`)
    for (const statement of guardsOf(table).values()) database.exec(statement)
    if (table.keyBlocks === undefined) {
      database.exec(`DELETE FROM obmen_key_end WHERE table_id = ${table.id}`)
    }
  }
}

function readGuards(
  database: SqliteDatabase,
): ReadonlyMap<number, readonly (readonly [name: string, sql: string])[]> {
  const guards = new Query(
    database,
    `SELECT CAST(substr(name, 7) AS INTEGER), name, sql FROM sqlite_schema
      WHERE type = 'trigger' AND name GLOB 'obmen_[0-9]*_key_*guard'`,
  ).all()
  const byTable = new Map<number, [string, string][]>()
  for (const [id, name, sql] of guards) {
    const ofTable = byTable.get(toNumber(id)) ?? []
    byTable.set(toNumber(id), [...ofTable, [toText(name), toText(sql)]])
  }
  return byTable
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
    throw new RuleInvalid(table.name, { kind: 'key-not-one-integer' })
  }
  if (!isAutoincrement(database, table.name)) {
    const column = quoteName(key.name)
    throw new RuleInvalid(table.name, { kind: 'key-not-autoincrement', column })
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
