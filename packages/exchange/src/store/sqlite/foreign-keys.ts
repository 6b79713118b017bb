/** Foreign keys of the application's tables, as conditions that applying asks for: it does not let SQLite enforce them. */
import { type CapturedTable, compare } from './capture.ts'
import { Query, quoteName, type SqliteDatabase, toText } from './sqlite-database.ts'

/** Rows of one table refer to rows of another one. */
export interface ForeignKey {
  readonly child: string
  readonly parent: string
  /** Which column of the child holds the value of which column of the parent. */
  readonly columns: readonly { readonly from: string; readonly to: string }[]
}

/** All foreign keys whose parent table exists. Names are as the tables have them. */
export function readForeignKeys(database: SqliteDatabase): readonly ForeignKey[] {
  // Asking for those of each table takes a hundred times as long as a look at what the tables were made of.
  const anyKey = `
    SELECT 1 FROM sqlite_schema
     WHERE type = 'table' AND name NOT GLOB 'obmen_*' AND sql LIKE '%references%'`
  if (new Query(database, anyKey).first() === undefined) return []
  const tables = new Query(
    database,
    `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'`,
  ).all()
  const names = new Map(tables.map(([name]) => [toText(name).toLowerCase(), toText(name)]))
  const rows = new Query(
    database,
    `SELECT t.name, f.id, f."table", f."from",
            coalesce(f."to", (SELECT k.name FROM pragma_table_info(f."table") k WHERE k.pk = f.seq + 1))
       FROM pragma_table_list t, pragma_foreign_key_list(t.name) f
      WHERE t.schema = 'main' AND t.type = 'table' ORDER BY t.name, f.id, f.seq`,
  ).all()
  const keys = new Map<string, ForeignKey>()
  for (const [child, id, parentName, from, to] of rows) {
    const parent = names.get(toText(parentName).toLowerCase())
    if (parent === undefined || to === null) continue
    const name = `${String(id)} ${toText(child)}`
    const columns = keys.get(name)?.columns ?? []
    keys.set(name, {
      child: toText(child),
      parent,
      columns: [...columns, { from: toText(from), to: toText(to) }],
    })
  }
  return [...keys.values()]
}

/**
 * A condition over the columns of a row that is to be written: each of its parents is there, or it has none. `value` gives the
 * SQL of a column's value; a foreign key with a column that has none is not asked for.
 */
export function parentConditions(
  table: CapturedTable,
  keys: readonly ForeignKey[],
  value: (column: string) => string | undefined,
): readonly { readonly key: ForeignKey; readonly sql: string }[] {
  return keys.flatMap((key) => {
    if (key.child !== table.name) return []
    const parts = key.columns.map(({ from, to }) => ({ to, own: value(to), from: value(from) }))
    if (parts.some(({ from }) => from === undefined)) return []
    const isNone = parts.map(({ from }) => `${from} IS NULL`).join(' OR ')
    const isThere = parts.map(({ from, to }) => `p.${quoteName(to)} = ${from}`).join(' AND ')
    const exists = `EXISTS (SELECT 1 FROM ${quoteName(key.parent)} p WHERE ${isThere})`
    // A row may be its own parent, before it is there.
    const isItself =
      key.parent === table.name && parts.every(({ own }) => own !== undefined)
        ? ` OR (${parts.map(({ from, own }) => `${from} = ${own}`).join(' AND ')})`
        : ''
    return [{ key, sql: `(${isNone} OR ${exists}${isItself})` }]
  })
}

/** A query that gives a row when other rows refer to the one with a key; `undefined` when none can. Parameters: the key. */
export function childrenQuery(
  table: CapturedTable,
  keys: readonly ForeignKey[],
): string | undefined {
  const isKey = table.key
    .map((column, index) => `p.${compare(column, '=', `?${index + 1}`)}`)
    .join(' AND ')
  const queries = keys.flatMap((key) => {
    if (key.parent !== table.name) return []
    const refers = key.columns.map(({ from, to }) => `p.${quoteName(to)} = c.${quoteName(from)}`)
    const isItself = table.key
      .map((column) => `c.${compare(column, '=', `p.${quoteName(column.name)}`)}`)
      .join(' AND ')
    const other = key.child === table.name ? ` AND NOT (${isItself})` : ''
    return [
      `SELECT 1 FROM ${quoteName(table.name)} p JOIN ${quoteName(key.child)} c ON ${refers.join(' AND ')}` +
        ` WHERE ${isKey}${other}`,
    ]
  })
  return queries.length === 0 ? undefined : `${queries.join(' UNION ALL ')} LIMIT 1`
}

/** `FOREIGN KEY constraint failed: orders(customer) refers to customers(id)`. */
export function describeForeignKey({ child, parent, columns }: ForeignKey): string {
  const names = (side: 'from' | 'to'): string => columns.map((column) => column[side]).join(', ')
  return `FOREIGN KEY constraint failed: ${child}(${names('from')}) refers to ${parent}(${names('to')}), and there is no such row`
}
