/** What the plan's rules say of tables, as far as every database reads them alike. */
import { RuleInvalid } from '../plan/errors.ts'
import type { PlanRules, TableRule } from '../plan/plan-rules.ts'
import type { SqlCondition } from '../plan/sql-condition.ts'

interface NamedColumn {
  readonly name: string
}

/** Throws {@link RuleInvalid} for a rule of a table that is not in the plan. */
export function checkTableNames(
  tables: readonly { readonly name: string }[],
  rules: PlanRules,
): void {
  const names = new Set(tables.map(({ name }) => name))
  for (const table of rules.tables.keys()) {
    if (!names.has(table))
      throw new RuleInvalid(table, { kind: 'table-unknown', known: [...names] })
  }
}

/** The columns that a rule keeps at home. Throws {@link RuleInvalid}. */
export function readLeftOut(
  table: {
    readonly name: string
    readonly key: readonly NamedColumn[]
    readonly others: readonly NamedColumn[]
  },
  rule: TableRule | undefined,
): ReadonlySet<string> {
  for (const column of rule?.leaveOut ?? []) {
    if (table.others.some(({ name }) => name === column)) continue
    const isKey = table.key.some(({ name }) => name === column)
    if (isKey) throw new RuleInvalid(table.name, { kind: 'column-in-key', column })
    const known = table.others.map(({ name }) => name)
    throw new RuleInvalid(table.name, { kind: 'column-unknown', column, known })
  }
  return new Set(rule?.leaveOut)
}

/** A text that differs whenever the share of some node may be another one. */
export function describeConditions(
  tables: readonly { readonly id: number; readonly condition?: SqlCondition }[],
): string {
  return JSON.stringify(tables.map(({ id, condition }) => [id, condition ?? null]))
}

/** All columns of a table, for a person who has misspelt one. */
export function columnNames(table: {
  readonly key: readonly NamedColumn[]
  readonly others: readonly NamedColumn[]
}): readonly string[] {
  return [...table.key, ...table.others].map(({ name }) => name)
}
