import type { Column, TableLine } from '../../message/body-lines.ts'
import { hasLength } from '../../message/column-capacity.ts'
import type { ColumnType } from '../../message/values.ts'
import { Query, type SqliteDatabase, type SqlValue, toNumber, toText } from './sqlite-database.ts'

/** A table of the application, as far as an exchange has to know it. */
export interface UserTable {
  readonly name: string
  /** The columns of the primary key, in its order. Empty when the table has none. */
  readonly key: readonly KeyColumn[]
  /** The other columns that can be written: generated ones are left out. */
  readonly others: readonly Column[]
  /** The columns of each UNIQUE constraint or index beside the primary key. Those on expressions are left out. */
  readonly uniques: readonly (readonly UniqueColumn[])[]
  /** Whether there is a UNIQUE index on an expression. */
  readonly hasUniqueExpression: boolean
  /** The columns that hold no NULL by their declaration. */
  readonly notNull: ReadonlySet<string>
  /** What the table may refuse when a row that is there gets other values, beside its key. In doubt anything. */
  readonly refuses: 'nothing but NULL' | 'anything'
  /** The tables it refers to by a foreign key. */
  readonly parents: readonly string[]
}

/** A column as an index compares it: that may be otherwise than the column's own declaration says. */
export interface ComparedColumn {
  readonly name: string
  readonly collation: string
}

export interface UniqueColumn extends ComparedColumn {
  /** What REPLACE puts in the place of NULL where the column holds none, as SQL: its default, when that is a {@link LITERAL}. */
  readonly insteadOfNull?: string
}

export interface KeyColumn extends ComparedColumn {
  readonly type: ColumnType
  /** The declared type, when it has a length: SQLite does not keep to it, and others may. */
  readonly declared?: string
  /** A primary key of SQLite may hold NULL, unless it is declared otherwise. */
  readonly nullable: boolean
}

/** Every table of the application: no views, no virtual tables and their shadows, nothing of SQLite or ours. */
export function readUserTables(database: SqliteDatabase): UserTable[] {
  const list = new Query(
    database,
    // A word CHECK is looked for, wherever it stands.
    `SELECT l.name, l.wr, l.strict, instr(lower(s.sql), 'check') > 0
       FROM pragma_table_list l JOIN sqlite_schema s ON s.type = 'table' AND s.name = l.name
      WHERE l.schema = 'main' AND l.type = 'table'
        AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.name NOT LIKE 'obmen\\_%' ESCAPE '\\'
      ORDER BY l.name`,
  )
  return list.all().map(([name, withoutRowid, strict, mayCheck]) => {
    const kind = {
      hasRowid: toNumber(withoutRowid) === 0,
      isStrict: toNumber(strict) === 1,
      mayCheck: toNumber(mayCheck) === 1,
    }
    return readUserTable(database, toText(name), kind)
  })
}

interface TableKind {
  readonly hasRowid: boolean
  readonly isStrict: boolean
  readonly mayCheck: boolean
}

function readUserTable(database: SqliteDatabase, name: string, kind: TableKind): UserTable {
  const all = new Query(
    database,
    `SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid`,
  ).all(name)
  const columns = all.filter(([, , , , hidden]) => toNumber(hidden) === 0)
  const keyRows = columns
    .filter(([, , , pk]) => toNumber(pk) > 0)
    .toSorted(([, , , a], [, , , b]) => toNumber(a) - toNumber(b))
  const collations = readKeyCollations(database, name)
  const typeOf = (declared: SqlValue | undefined): ColumnType => {
    return kind.isStrict && toText(declared) === 'ANY' ? 'blob' : affinityOf(toText(declared))
  }
  // A key that is the rowid itself has no index, and is never NULL. INTEGER PRIMARY KEY DESC is another matter.
  const isNeverNull = !kind.hasRowid || collations.size === 0
  const uniques = readUniques(database, name)
  const isUnique = uniques.uniques.length > 0 || uniques.hasUniqueExpression
  const computes = columns.length < all.length || hasExpressions(database, name)
  const mayRefuse = isUnique || kind.isStrict || kind.mayCheck || computes
  return {
    name,
    key: keyRows.map(([column, type, notNull]) => ({
      name: toText(column),
      type: typeOf(type),
      ...lengthOf(type),
      collation: collations.get(toText(column)) ?? 'BINARY',
      nullable: !isNeverNull && toNumber(notNull) === 0,
    })),
    others: columns
      .filter(([, , , pk]) => toNumber(pk) === 0)
      .map(([column, type]) => ({ name: toText(column), type: typeOf(type), ...lengthOf(type) })),
    ...uniques,
    notNull: new Set(
      all.flatMap(([column, , notNull]) => (toNumber(notNull) === 0 ? [] : [toText(column)])),
    ),
    refuses: mayRefuse ? 'anything' : 'nothing but NULL',
    parents: new Query(database, `SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`)
      .all(name)
      .map(([parent]) => toText(parent)),
  }
}

function lengthOf(type: SqlValue | undefined): Pick<Column, 'declared'> {
  const declared = toText(type)
  return hasLength(declared) ? { declared } : {}
}

/** What is left of a table that was dropped: its name. */
export function droppedTable(name: string): UserTable {
  return {
    name,
    key: [],
    others: [],
    uniques: [],
    hasUniqueExpression: false,
    notNull: new Set(),
    refuses: 'anything',
    parents: [],
  }
}

/** Whether it is a {@link droppedTable}: any other has a column. */
export function isDropped({ key, others }: UserTable): boolean {
  return key.length + others.length === 0
}

/** The table as a message names it: key columns first. */
export function toTableLine(table: UserTable): TableLine {
  const key = table.key.map(({ name, type, collation, declared }) => ({
    name,
    type,
    ...(collation.toUpperCase() !== 'BINARY' && { collation: collation.toUpperCase() }),
    ...(declared !== undefined && { declared }),
  }))
  return {
    kind: 'table',
    table: table.name,
    keyLength: key.length,
    columns: [...key, ...table.others],
  }
}

/** What a column holds by its declared type (https://sqlite.org/datatype3.html, section 3.1). */
export function affinityOf(declaredType: string): ColumnType {
  const type = declaredType.toUpperCase()
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type === '' || type.includes('BLOB')) return 'blob'
  return /REAL|FLOA|DOUB/.test(type) ? 'real' : 'numeric'
}

/** Whether there is an index on an expression, or with a condition: each fails at values that it was not made for. */
function hasExpressions(database: SqliteDatabase, table: string): boolean {
  const index = new Query(
    database,
    `SELECT 1 FROM pragma_index_list(?) l
      WHERE l.partial = 1 OR EXISTS (SELECT 1 FROM pragma_index_xinfo(l.name) x WHERE x.cid = -2)`,
  )
  return index.first(table) !== undefined
}

function readKeyCollations(database: SqliteDatabase, table: string): ReadonlyMap<string, string> {
  const rows = new Query(
    database,
    `SELECT x.name, x.coll FROM pragma_index_list(?) l, pragma_index_xinfo(l.name) x
      WHERE l.origin = 'pk' AND x.key = 1`,
  ).all(table)
  return new Map(rows.map(([column, collation]) => [toText(column), toText(collation)]))
}

/** Means the same in a trigger. A name does not: as a default it is a text, with or without quotes. */
const LITERAL = /^(?:x?'(?:[^']|'')*'|[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)$/i

function readUniques(
  database: SqliteDatabase,
  table: string,
): Pick<UserTable, 'uniques' | 'hasUniqueExpression'> {
  const uniques = new Map<string, (UniqueColumn | undefined)[]>()
  const rows = new Query(
    database,
    `SELECT l.name, x.name, x.coll, c.dflt_value
       FROM pragma_index_list(?1) l, pragma_index_xinfo(l.name) x
       LEFT JOIN pragma_table_xinfo(?1) c ON c.cid = x.cid AND c."notnull" = 1
      WHERE l."unique" = 1 AND l.origin <> 'pk' AND x.key = 1 ORDER BY l.seq, x.seqno`,
  ).all(table)
  for (const [index, name, collation, standIn = null] of rows) {
    const columns = uniques.get(toText(index)) ?? []
    const column = { name: toText(name), collation: toText(collation) }
    const insteadOfNull = toText(standIn)
    const isKnown = LITERAL.test(insteadOfNull)
    columns.push(name === null ? undefined : { ...column, ...(isKnown && { insteadOfNull }) })
    uniques.set(toText(index), columns)
  }
  const named = [...uniques.values()].flatMap((columns) => {
    const known = columns.filter((column) => column !== undefined)
    return known.length === columns.length ? [known] : []
  })
  return { uniques: named, hasUniqueExpression: named.length < uniques.size }
}
