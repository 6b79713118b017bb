/**
 * The native body of a message: one JSON value a line (NDJSON), in UTF-8.
 *
 *     {"obmen":1,"plan":"УдаленныеСклады","from":"ЦБ","to":"С01","epoch":[1,""],"messageNo":7,…}      header line
 *     {"part":3,"octets":1187,"sha256":"…"}                                                           a part follows
 *     {"table":"Order Details","key":2,"columns":[["OrderID","integer"],["ProductID","integer"],…]}  table line
 *     ["u",1763790000000,"ЦБ",10248,11,14,12]                                                          the row is so
 *     ["d",1763790000123,"ЦБ",10248,42]                                                                the row is gone
 *     ["x",1763790000456,"ЦБ",10250,11]                                                                not your share any more
 *     {"check":"goods","key":1,"columns":["id",…],"parts":[[3,"…"],…]}                                  what a table holds: see check-line.ts
 *     {"rows":3,"sha256":"…"}                                                                          end line
 *
 * A table line says which column is what for the rows that follow, key columns first, so that a reader never
 * guesses; `"leftOut":["Margin"]` names columns that the sender keeps to itself. A key column that is not compared octet by octet has its
 * collation, too: ["Login","text","NOCASE"]. `"declared":[null,"character varying(40)"]` says for each column how much it takes, where that is known.
 *
 * Rows come in parts that stand for themselves, because many messages may share one: each begins with a table line, and is a frame of zstd by
 * itself. The line before it says how many rows it has, how many octets the frame, and seals those octets as they are in the file: whether a
 * message is whole is known without decompressing its rows. The end line seals the header line, the part lines and the check lines.
 */
import type { NodeCode } from '../plan/node-code.ts'
import type { CheckLine } from './check-line.ts'
import { type Base64, type ColumnType, encodeValue, type Value } from './values.ts'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** How a key column is compared, in upper case. Absent for BINARY, and for columns beside the key. */
  readonly collation?: string
  /** The type as the sender declares it, `character varying(40)`, where it says how much the column takes. */
  readonly declared?: string
}

/** A table whose rows follow. The first `keyLength` columns are its primary key. */
export interface TableLine {
  readonly kind: 'table'
  readonly table: string
  readonly keyLength: number
  readonly columns: readonly Column[]
  /** Columns that the sender keeps to itself by a rule. What the receiver has in them is its own: they are no part of the row. */
  readonly leftOut?: readonly string[]
}

/** How a row stands with the receiver: it is so, it is gone, or it is there and no longer the receiver's share. */
export type RowKind = 'row' | 'deletion' | 'departure'

/**
 * One row. Of a deletion and of a departure `values` holds the key alone. Who takes a departure removes the row and forgets that it
 * had it: it is no deletion, which would travel on to other nodes.
 */
export interface RowLine {
  readonly kind: RowKind
  readonly stamp: number
  readonly origin: NodeCode
  readonly values: readonly Value[]
}

/** A part follows. */
export interface PartLine {
  readonly kind: 'part'
  readonly rowCount: number
  /** Of its frame, compressed. */
  readonly octets: number
  /** Of the same octets. */
  readonly sha256: string
}

export interface EndLine {
  readonly kind: 'end'
  readonly rowCount: number
  readonly sha256: string
}

export type BodyLine = TableLine | RowLine | PartLine | CheckLine | EndLine

/** Whether a line is a row. */
export function isRowLine(line: BodyLine | undefined): line is RowLine {
  return line !== undefined && 'stamp' in line
}

export function formatTableLine(table: TableLine): string {
  return JSON.stringify({
    table: table.table,
    key: table.keyLength,
    ...(table.leftOut !== undefined && { leftOut: table.leftOut }),
    columns: table.columns.map(({ name, type, collation }) => {
      return collation === undefined ? [name, type] : [name, type, collation]
    }),
    ...(table.columns.some(({ declared }) => declared !== undefined) && {
      declared: table.columns.map(({ declared = null }) => declared),
    }),
  })
}

const MARKS: Readonly<Record<RowKind, string>> = { row: 'u', deletion: 'd', departure: 'x' }

export function formatRowLine(row: RowLine, table: TableLine, base64: Base64): string {
  const line: unknown[] = [MARKS[row.kind], row.stamp, row.origin]
  let index = 0
  for (const value of row.values) {
    line.push(encodeValue(value, table.columns[index]?.type ?? 'text', base64))
    index += 1
  }
  return JSON.stringify(line)
}

export function formatPartLine(part: Omit<PartLine, 'kind'>): string {
  return JSON.stringify({ part: part.rowCount, octets: part.octets, sha256: part.sha256 })
}

export function formatEndLine(end: Omit<EndLine, 'kind'>): string {
  return JSON.stringify({ rows: end.rowCount, sha256: end.sha256 })
}
