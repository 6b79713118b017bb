import type { TableLine } from '../../message/body-lines.ts'
import { type Codec, codecOf } from './column-type.ts'
import { type Connection, quoteName, toBoolean, toNumber, toText } from './postgres-database.ts'

/** A table of the application, as far as an exchange has to know it. */
export interface UserTable {
  readonly schema: string
  readonly name: string
  /** Its number in the catalog, which stays when it is renamed. */
  readonly oid: number
  /** The columns of the primary key, in its order. Empty when the table has none. */
  readonly key: readonly UserColumn[]
  /** The other columns that can be written: generated ones are left out. */
  readonly others: readonly UserColumn[]
  /** The tables of the same schema that it refers to by a foreign key. */
  readonly parents: readonly string[]
  /** Its partitions of all levels, as SQL names them: a program may write to one of them directly. */
  readonly partitions: readonly string[]
}

export interface UserColumn {
  readonly name: string
  /** The type as SQL takes it, such as `numeric(10,2)`. */
  readonly declared: string
  /** The same, of a domain the type below it. */
  readonly base: string
  readonly codec: Codec
  /** How a key column is compared, as SQL takes it; empty for a type without collation. */
  readonly collation: string
  /** The name of a collation by which different texts may be equal. */
  readonly looseCollation: string | undefined
  /** True for `GENERATED ALWAYS AS IDENTITY`. */
  readonly isAlwaysIdentity: boolean
}

/** The table as SQL names it. */
export function tableName(table: Pick<UserTable, 'schema' | 'name'>): string {
  return `${quoteName(table.schema)}.${quoteName(table.name)}`
}

/** A table `c` of schema `n` in the catalog, named as {@link tableName} names it. */
export const QUOTED_NAME = `'"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"'`

const TABLES = `
  SELECT t.oid, t.relname,
         ARRAY(SELECT DISTINCT p.relname FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
                WHERE f.conrelid = t.oid AND f.contype = 'f' AND p.relnamespace = t.relnamespace)::text[]::text,
         (SELECT array_agg(${QUOTED_NAME} ORDER BY c.oid)
            FROM pg_partition_tree(t.oid) p JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE p.level > 0)::text
    FROM pg_class t JOIN pg_namespace s ON s.oid = t.relnamespace
   WHERE s.nspname = $1 AND t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relpersistence <> 't'
   ORDER BY t.relname COLLATE "C"`

/** Of a domain over a domain the type is at the bottom, and the modifier too. */
const COLUMNS = `
  WITH RECURSIVE unfolded (domain, base, modifier) AS (
    SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT u.domain, t.typbasetype, t.typtypmod
      FROM unfolded u JOIN pg_type t ON t.oid = u.base WHERE t.typtype = 'd'
  )
  SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), t.typname,
         t.typnamespace = 'pg_catalog'::regnamespace, t.typtype = 'e', coalesce(u.modifier, a.atttypmod),
         coalesce(array_position(i.indkey[0:i.indnkeyatts - 1]::int2[], a.attnum), -1),
         l.collname, l.collisdeterministic, quote_ident(ln.nspname) || '.' || quote_ident(l.collname),
         a.attidentity = 'a', format_type(t.oid, coalesce(u.modifier, a.atttypmod))
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    LEFT JOIN unfolded u ON u.domain = a.atttypid
         AND NOT EXISTS (SELECT 1 FROM pg_type d WHERE d.oid = u.base AND d.typtype = 'd')
    JOIN pg_type t ON t.oid = coalesce(u.base, a.atttypid)
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
   ORDER BY a.attrelid, a.attnum`

/** Every table of the application in one schema: no views, no foreign and no temporary tables; a partitioned table counts as one. */
export async function readUserTables(connection: Connection, schema: string): Promise<UserTable[]> {
  const tables = await connection.all(TABLES, schema)
  const columns = new Map<number, KeyedColumn[]>()
  for (const row of await connection.all(COLUMNS, schema)) {
    const oid = toNumber(row[0])
    const known = columns.get(oid) ?? []
    known.push(toColumn(row.slice(1)))
    columns.set(oid, known)
  }
  return tables.map(([oid, name, parents, partitions]) => {
    const own = columns.get(toNumber(oid)) ?? []
    return {
      schema,
      name: toText(name),
      oid: toNumber(oid),
      key: own.filter(isKey).toSorted((a, b) => a.keyPosition - b.keyPosition),
      others: own.filter((column) => !isKey(column)),
      parents: parseArray(toText(parents)),
      partitions: parseArray(toText(partitions)),
    }
  })
}

interface KeyedColumn extends UserColumn {
  /** The place in the primary key, or -1. */
  readonly keyPosition: number
}

function isKey({ keyPosition }: KeyedColumn): boolean {
  return keyPosition >= 0
}

function toColumn(row: readonly (string | null)[]): KeyedColumn {
  const [name, declared, typeName, isBuiltIn, isEnum, modifier, keyPosition, ...more] = row
  const [collationName, isDeterministic, collation, isAlwaysIdentity, base] = more
  const isLoose = collationName !== null && !toBoolean(isDeterministic)
  return {
    name: toText(name),
    declared: toText(declared),
    base: toText(base),
    codec: codecOf({
      name: toText(typeName),
      isBuiltIn: toBoolean(isBuiltIn),
      isEnum: toBoolean(isEnum),
      modifier: toNumber(modifier),
    }),
    collation: toText(collation),
    looseCollation: isLoose ? toText(collationName) : undefined,
    isAlwaysIdentity: toBoolean(isAlwaysIdentity),
    keyPosition: toNumber(keyPosition),
  }
}

/** The elements of an array of names, in the form in which PostgreSQL writes it. */
export function parseArray(text: string): string[] {
  const elements = text.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}"]+)/gs)
  return [...elements].map(([, quoted, plain = '']) => {
    return quoted === undefined ? plain : quoted.replaceAll(/\\(.)/gs, '$1')
  })
}

/** The table as a message names it: key columns first. */
export function toTableLine(table: UserTable): TableLine {
  const key = table.key.map(({ name, codec, looseCollation, base: declared }) => {
    const collation = (looseCollation ?? codec.collation)?.toUpperCase()
    return { name, type: codec.type, ...(collation !== undefined && { collation }), declared }
  })
  const others = table.others.map(({ name, codec, base: declared }) => {
    return { name, type: codec.type, declared }
  })
  return { kind: 'table', table: table.name, keyLength: key.length, columns: [...key, ...others] }
}

/** What is left of a table that was dropped: its name. */
export function droppedTable(schema: string, name: string): UserTable {
  return { schema, name, oid: 0, key: [], others: [], parents: [], partitions: [] }
}

/** Whether it is a {@link droppedTable}: no relation has the number 0. */
export function isDropped({ oid }: UserTable): boolean {
  return oid === 0
}
