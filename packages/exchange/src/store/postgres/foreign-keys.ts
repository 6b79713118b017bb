/** Foreign keys of the application's tables, as conditions that applying asks for before it writes: a message may be applied without them. */
import type { CapturedTable } from './capture.ts'
import { type Connection, quoteName, toBoolean, toNumber, toText } from './postgres-database.ts'
import { rowsFrom, writeColumn } from './row-batch.ts'
import { parseArray, QUOTED_NAME, type UserColumn } from './user-table.ts'

/** Rows of one table refer to rows of another one. */
export interface ForeignKey {
  readonly child: TableName
  readonly parent: TableName
  /** Which column of the child holds the value of which column of the parent. */
  readonly columns: readonly { readonly from: string; readonly to: string }[]
  /** Whether our role may lock rows of the parent: that is the right to change them. */
  readonly mayLock: boolean
  /** The constraint as SQL names it, if no other one of the schema has its name. */
  readonly constraint: { readonly sql: string; readonly schema: string } | undefined
  readonly isDeferrable: boolean
}

interface TableName {
  readonly oid: number
  /** As SQL takes it. */
  readonly sql: string
  /** For people. */
  readonly name: string
}

/** All foreign keys of the database; those of a partitioned table once. */
export async function readForeignKeys(connection: Connection): Promise<readonly ForeignKey[]> {
  const named = (oid: string): string =>
    `(SELECT ${QUOTED_NAME} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ${oid})`
  const columns = (numbers: string, oid: string): string =>
    `(SELECT array_agg(a.attname::text ORDER BY k.place)::text
        FROM unnest(${numbers}) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = ${oid} AND a.attnum = k.number)`
  const rows = await connection.all(`
    SELECT f.conrelid, ${named('f.conrelid')}, f.conrelid::regclass::text,
           f.confrelid, ${named('f.confrelid')}, f.confrelid::regclass::text,
           ${columns('f.conkey', 'f.conrelid')}, ${columns('f.confkey', 'f.confrelid')},
           has_any_column_privilege(f.confrelid, 'UPDATE'),
           CASE WHEN count(*) FILTER (WHERE f.conparentid = 0) OVER (PARTITION BY f.connamespace, f.conname) = 1 THEN f.conname END,
           f.connamespace::regnamespace::text, f.condeferrable
      FROM pg_constraint f WHERE f.contype = 'f' AND f.conparentid = 0 ORDER BY f.oid`)
  return rows.map((row) => {
    const to = parseArray(toText(row[7]))
    return {
      child: { oid: toNumber(row[0]), sql: toText(row[1]), name: toText(row[2]) },
      parent: { oid: toNumber(row[3]), sql: toText(row[4]), name: toText(row[5]) },
      columns: parseArray(toText(row[6])).map((from, index) => ({ from, to: to[index] ?? '' })),
      mayLock: toBoolean(row[8]),
      constraint: toConstraint(row[9], row[10]),
      isDeferrable: toBoolean(row[11]),
    }
  })
}

function toConstraint(
  name: string | null | undefined,
  schema: string | null | undefined,
): ForeignKey['constraint'] {
  return name === null ? undefined : { sql: quoteName(toText(name)), schema: toText(schema) }
}

/** What a table refers to and is referred to by, for rows in a sender's columns. */
export interface ReferenceStatements {
  /** A condition for all parents of a row `v` being here; absent for a table without foreign keys. */
  readonly areParentsHere: string | undefined
  /** Gives the number of each row without a parent, and which of {@link reasons} it is. Parameters: the rows. */
  readonly missingParents: string | undefined
  readonly reasons: readonly string[]
  /** Keeps the parents of rows from going before our commit, as a foreign key that is at work does. Gives nothing. Parameters: the rows. */
  readonly lockParents: string | undefined
  /** Gives the number of each row that others refer to. Parameters: the keys. */
  readonly referredTo: string | undefined
}

export function referenceStatements(
  table: CapturedTable,
  columns: readonly UserColumn[],
  keys: readonly ForeignKey[],
): ReferenceStatements {
  const values = new Map(columns.map((column, index) => [column.name, writeColumn(column, index)]))
  const conditions = parentConditions(table, values, keys)
  const faults = conditions.map(({ sql }, index) => `WHEN NOT ${sql} THEN ${index}`)
  const areMissing = conditions.map(({ sql }) => `NOT ${sql}`).join(' OR ')
  const children = keys.filter(({ parent }) => parent.oid === table.oid)
  const hasNone = conditions.length === 0
  return {
    areParentsHere: hasNone ? undefined : conditions.map(({ sql }) => sql).join(' AND '),
    missingParents: hasNone
      ? undefined
      : `SELECT v.n, CASE ${faults.join(' ')} END FROM ${rowsFrom(columns.length)} WHERE ${areMissing}`,
    reasons: conditions.map(({ key }) => describeForeignKey(key)),
    lockParents: lockStatement(conditions, columns.length),
    referredTo: children.length === 0 ? undefined : referredToStatement(table, children),
  }
}

/** That the parent of a row `v` is here, and the values that the row refers to it by. */
interface ParentCondition {
  readonly key: ForeignKey
  readonly references: readonly string[]
  readonly sql: string
}

/** A foreign key with a column that the sender does not name is not asked for. */
function parentConditions(
  table: CapturedTable,
  values: ReadonlyMap<string, string>,
  keys: readonly ForeignKey[],
): readonly ParentCondition[] {
  return keys.flatMap((key) => {
    if (key.child.oid !== table.oid) return []
    const parts = key.columns.map(({ from, to }) => ({
      to,
      own: values.get(to),
      from: values.get(from),
    }))
    if (parts.some(({ from }) => from === undefined)) return []
    const isNone = parts.map(({ from }) => `${from} IS NULL`).join(' OR ')
    const isThere = parts.map(({ from, to }) => `p.${quoteName(to)} = ${from}`).join(' AND ')
    const exists = `EXISTS (SELECT 1 FROM ${key.parent.sql} p WHERE ${isThere})`
    // A row may be its own parent, before it is there.
    const isItself =
      key.parent.oid === table.oid && parts.every(({ own }) => own !== undefined)
        ? ` OR (${parts.map(({ from, own }) => `${from} = ${own}`).join(' AND ')})`
        : ''
    const references = parts.flatMap((part) => part.from ?? [])
    return [{ key, references, sql: `(${isNone} OR ${exists}${isItself})` }]
  })
}

/** In the order of their keys: two that lock the same parents should not wait for each other. */
function lockStatement(conditions: readonly ParentCondition[], width: number): string | undefined {
  const locked = conditions.filter(({ key }) => key.mayLock)
  if (locked.length === 0) return undefined
  const locks = locked.map(({ key, references }, nth) => {
    const wanted = references.map((value, index) => `${value} AS c${index + 1}`).join(', ')
    const isParent = key.columns.map(({ to }, index) => `p.${quoteName(to)} = c.c${index + 1}`)
    const order = references.map((_, index) => index + 1).join(', ')
    return `
      locked_${nth} AS (
        SELECT 1 FROM (SELECT DISTINCT ${wanted} FROM ${rowsFrom(width)} ORDER BY ${order}) c
          JOIN ${key.parent.sql} p ON ${isParent.join(' AND ')} FOR KEY SHARE OF p)`
  })
  const counts = locked.map((_, nth) => `(SELECT count(*) FROM locked_${nth})`)
  return `WITH ${locks.join(',')} SELECT 0 WHERE ${counts.join(' + ')} < 0`
}

function referredToStatement(table: CapturedTable, children: readonly ForeignKey[]): string {
  const isRow = table.key
    .map((column, index) => `p.${quoteName(column.name)} = ${writeColumn(column, index)}`)
    .join(' AND ')
  const isItself = table.key
    .map(({ name }) => `c.${quoteName(name)} = p.${quoteName(name)}`)
    .join(' AND ')
  const exist = children.map(({ child, parent, columns }) => {
    const refers = columns.map(({ from, to }) => `c.${quoteName(from)} = p.${quoteName(to)}`)
    const other = child.oid === table.oid ? ` AND NOT (${isItself})` : ''
    return (
      `EXISTS (SELECT 1 FROM ${parent.sql} p JOIN ${child.sql} c ON ${refers.join(' AND ')}` +
      ` WHERE ${isRow}${other})`
    )
  })
  return `SELECT v.n FROM ${rowsFrom(table.key.length)} WHERE ${exist.join(' OR ')}`
}

/** `FOREIGN KEY constraint failed: orders(customer) refers to customers(id)`: as for every database. */
function describeForeignKey({ child, parent, columns }: ForeignKey): string {
  const names = (side: 'from' | 'to'): string => columns.map((column) => column[side]).join(', ')
  return `FOREIGN KEY constraint failed: ${child.name}(${names('from')}) refers to ${parent.name}(${names('to')}), and there is no such row`
}
