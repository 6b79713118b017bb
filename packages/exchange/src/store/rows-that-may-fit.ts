import { type Bookkeeping, textOf } from './bookkeeping.ts'

/** A table, and the tables that it refers to by foreign keys. */
interface ReferringTable {
  readonly name: string
  readonly parents: readonly string[]
}

/**
 * Whether rows wait that may fit since these tables have changed: rows of the same tables, for which a unique value may be free, and of tables
 * on the other side of a foreign key: their parents may be here, or what refers to them gone.
 */
export async function mayRowsFit(
  { tables, all }: Bookkeeping,
  known: readonly ReferringTable[],
  changed: readonly ReferringTable[],
): Promise<boolean> {
  if (changed.length === 0) return false
  const rows = await all(`SELECT DISTINCT table_name FROM ${tables.refused}`)
  const waiting = new Set(rows.map(([name]) => nameOf(textOf(name))))
  if (waiting.size === 0) return false
  const near = new Set(changed.flatMap(({ name, parents }) => [name, ...parents].map(nameOf)))
  const names = changed.map(({ name }) => nameOf(name))
  return known.some(({ name, parents }) => {
    if (!waiting.has(nameOf(name))) return false
    return near.has(nameOf(name)) || parents.some((parent) => names.includes(nameOf(parent)))
  })
}

/** Names of SQLite differ in their letters only; to look at too much does no harm. */
function nameOf(table: string): string {
  return table.toLowerCase()
}
