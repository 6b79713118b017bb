import { Buffer } from 'node:buffer'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { type RowId, rowId, type RowState } from '../model/row-state.ts'
import { type CountedTable, isCounted } from '../world/counted-rows.ts'
import { conditionOn } from '../world/rules.ts'
import { OWN, SHARED_TABLE, type TableShape, type WorldShape } from '../world/shape.ts'
import { columnNames, quote } from '../world/tables.ts'
import type { DatabaseReader } from './site-database.ts'

/** Reads a database of SQLite. */
export class TableReader implements DatabaseReader {
  readonly #tables: readonly { readonly keyLength: number; readonly statement: StatementSync }[]
  readonly #indexes: readonly { readonly keyLength: number; readonly statement: StatementSync }[]
  readonly #refused: StatementSync
  readonly #shape: WorldShape
  readonly #prepare: (sql: string) => StatementSync

  constructor(database: DatabaseSync, shape: WorldShape) {
    this.#shape = shape
    const ids = new Map(
      database
        .prepare('SELECT name, id FROM obmen_table')
        .all()
        .map(({ name, id }) => [String(name), Number(id)]),
    )
    const known = new Map<string, StatementSync>()
    const prepare = (sql: string): StatementSync => {
      const statement = known.get(sql) ?? database.prepare(sql)
      if (!known.has(sql)) statement.setReturnArrays(true)
      known.set(sql, statement)
      return statement
    }
    this.#prepare = prepare
    this.#tables = shape.tables.map((table) => ({
      keyLength: table.key.length,
      statement: prepare(`SELECT ${columnNames(table).join(', ')} FROM ${quote(table.name)}`),
    }))
    this.#indexes = shape.tables.map((table) => ({
      keyLength: table.key.length,
      statement: prepare(
        `SELECT ${keyColumns(table).join(', ')}, stamp, origin, gone, seq, via FROM obmen_index_${ids.get(table.name) ?? 0}`,
      ),
    }))
    this.#refused = prepare('SELECT table_name, row_key, row_line FROM obmen_refused')
  }

  rows(): Map<RowId, string> {
    const rows = new Map<RowId, string>()
    for (const [index, { keyLength, statement }] of this.#tables.entries()) {
      for (const row of all(statement)) {
        const values = row.map(encode)
        rows.set(rowId(index, values.slice(0, keyLength)), JSON.stringify(values))
      }
    }
    return rows
  }

  zone(zone: string): ReadonlySet<RowId> {
    const ids = new Set<RowId>()
    for (const [index, table] of this.#shape.tables.entries()) {
      const condition =
        index === SHARED_TABLE ? conditionOn(table.note, `'${zone}'`, 'sqlite') : '1'
      const keys = columnNames(table).slice(0, table.key.length)
      const sql = `SELECT ${keys.join(', ')} FROM ${quote(table.name)} WHERE ${condition}`
      for (const key of all(this.#prepare(sql))) ids.add(rowId(index, key.map(encode)))
    }
    return ids
  }

  strangeOwnColumn(node: number): string | undefined {
    for (const table of this.#shape.tables) {
      if (table.hasOwnColumn !== true) continue
      const own = quote(OWN)
      const sql = `SELECT * FROM ${quote(table.name)} WHERE ${own} IS NOT NULL AND ${own} <> ${node}`
      const [strange] = all(this.#prepare(sql))
      if (strange !== undefined) return JSON.stringify(strange.map(encode))
    }
    return undefined
  }

  brokenReference(): string | undefined {
    if (this.#shape.tables.every(({ parent }) => parent === undefined)) return undefined
    const [broken] = all(this.#prepare('PRAGMA foreign_key_check'))
    return broken && JSON.stringify(broken)
  }

  lastKey(table: CountedTable, node: string): MadeKey {
    const [row] = all(this.#prepare('SELECT last_insert_rowid()'))
    const key = Number(row?.[0])
    const block = this.#blockOf(table, node)
    return { id: rowId(this.#shape.tables.indexOf(table), [key]), key, block }
  }

  countedBlocks(node: string): readonly CountedBlock[] {
    const blocks = this.#shape.tables.filter(isCounted).map((table) => this.#blockOf(table, node))
    return blocks.filter((block) => block !== undefined)
  }

  #blockOf({ name }: CountedTable, node: string): CountedBlock | undefined {
    const [block] = this.#prepare(
      'SELECT first, last FROM obmen_key_block WHERE table_name = ? AND node = ? ORDER BY first DESC',
    ).all(name, node)
    return Array.isArray(block) ? { first: Number(block[0]), last: Number(block[1]) } : undefined
  }

  index(): Map<RowId, IndexedRow> {
    const entries = new Map<RowId, IndexedRow>()
    for (const [index, { keyLength, statement }] of this.#indexes.entries()) {
      for (const row of all(statement)) {
        const [stamp, origin, gone, seq, via] = row.slice(keyLength)
        entries.set(rowId(index, row.slice(0, keyLength).map(encode)), {
          stamp: Number(stamp),
          origin: String(origin),
          isGone: gone === 1,
          seq: Number(seq),
          via: String(via),
        })
      }
    }
    return entries
  }

  refused(): Map<RowId, RowState> {
    return refusedRows(this.#shape, all(this.#refused))
  }
}

/** Rows that are held back, from table, key and line. */
export function refusedRows(
  shape: WorldShape,
  lines: readonly (readonly unknown[])[],
): Map<RowId, RowState> {
  const rows = new Map<RowId, RowState>()
  for (const [name, key, line] of lines) {
    const table = shape.tables.findIndex((known) => known.name === name)
    const [mark, stamp, origin, ...sent] = parseArray(line)
    const known = shape.tables[table]
    const values = sent.slice(0, known && columnNames(known).length)
    rows.set(rowId(table, parseArray(key)), {
      stamp: Number(stamp),
      origin: String(origin),
      text: mark === 'u' ? JSON.stringify(values) : undefined,
    })
  }
  return rows
}

/** Numbers from the first to the last one, both included. */
export interface CountedBlock {
  readonly first: number
  readonly last: number
}

/** A key that the database has given to a new row. */
export interface MadeKey {
  readonly id: RowId
  readonly key: number
  /** The node's block at that time. */
  readonly block: CountedBlock | undefined
}

/** What the change index says of a row. */
export interface IndexedRow {
  readonly stamp: number
  readonly origin: string
  readonly isGone: boolean
  readonly seq: number
  readonly via: string
}

function keyColumns(table: TableShape): string[] {
  return table.key.map((_, index) => `k${index + 1}`)
}

function all(statement: StatementSync): unknown[][] {
  const rows: unknown[] = statement.all()
  return rows.filter((row): row is unknown[] => Array.isArray(row))
}

function parseArray(text: unknown): unknown[] {
  const json: unknown = JSON.parse(String(text))
  return Array.isArray(json) ? json : []
}

function encode(value: unknown): unknown {
  return value instanceof Uint8Array ? { b: Buffer.from(value).toString('base64') } : value
}
