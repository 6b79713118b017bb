import { Buffer } from 'node:buffer'

import { type RowId, rowId, type RowState } from '../model/row-state.ts'
import type { DatabaseReader } from '../site/site-database.ts'
import {
  type CountedBlock,
  type IndexedRow,
  type MadeKey,
  refusedRows,
} from '../site/table-reader.ts'
import { type CountedTable, isCounted } from '../world/counted-rows.ts'
import { conditionOn } from '../world/rules.ts'
import {
  type KeyKind,
  OWN,
  REFERENCE,
  SHARED_TABLE,
  type TableShape,
  type WorldShape,
} from '../world/shape.ts'
import { columnNames, parentOf, quote } from '../world/tables.ts'
import type { QueryResult } from './questions.ts'
import type { SiteConnections } from './site-connections.ts'

/** Reads a database of PostgreSQL: all tables at one go. */
export class PostgresReader implements DatabaseReader {
  readonly #connections: SiteConnections
  readonly #shape: WorldShape
  readonly #rows: string
  readonly #index: string

  constructor(connections: SiteConnections, shape: WorldShape) {
    this.#connections = connections
    this.#shape = shape
    const [tables] = connections.query('SELECT name, id FROM obmen_exchange.tables')
    const ids = new Map(tables?.rows.map(([name, id]) => [name, id]))
    this.#rows = shape.tables
      .map((table) => `SELECT ${columnNames(table).join(', ')} FROM ${quote(table.name)}`)
      .join('; ')
    this.#index = shape.tables
      .map((table) => {
        const keys = table.key.map((_, index) => `k${index + 1}`).join(', ')
        return `SELECT ${keys}, stamp, origin, gone, seq, via FROM obmen_exchange.index_${ids.get(table.name) ?? ''}`
      })
      .join('; ')
  }

  rows(): Map<RowId, string> {
    const rows = new Map<RowId, string>()
    for (const { row, kinds, table, keyLength } of this.#read(this.#rows)) {
      const values = row.map((value, index) => decode(value, kinds[index]))
      rows.set(rowId(table, values.slice(0, keyLength)), JSON.stringify(values))
    }
    return rows
  }

  zone(zone: string): ReadonlySet<RowId> {
    const sql = this.#shape.tables.map((table, index) => {
      const isShared = index === SHARED_TABLE
      const condition = isShared ? conditionOn(table.note, `'${zone}'`, 'postgres') : 'true'
      const keys = columnNames(table).slice(0, table.key.length)
      return `SELECT ${keys.join(', ')} FROM ${quote(table.name)} WHERE ${condition}`
    })
    return new Set(this.#read(sql.join('; ')).map(({ table, key }) => rowId(table, key)))
  }

  strangeOwnColumn(node: number): string | undefined {
    for (const table of this.#shape.tables) {
      if (table.hasOwnColumn !== true) continue
      const sql = `SELECT * FROM ${quote(table.name)} WHERE ${quote(OWN)} <> ${node}`
      const [strange] = this.#connections.query(sql)[0]?.rows ?? []
      if (strange !== undefined) return JSON.stringify(strange)
    }
    return undefined
  }

  brokenReference(): string | undefined {
    for (const table of this.#shape.tables) {
      const parent = parentOf(this.#shape.tables, table)
      const [key] = parent?.key ?? []
      if (parent === undefined || key === undefined) continue
      const isThere = `EXISTS (SELECT 1 FROM ${quote(parent.name)} p WHERE p.${quote(key.name)} = c.${quote(REFERENCE)})`
      const sql = `SELECT * FROM ${quote(table.name)} c WHERE ${quote(REFERENCE)} IS NOT NULL AND NOT ${isThere}`
      const [broken] = this.#connections.query(sql)[0]?.rows ?? []
      if (broken !== undefined) return JSON.stringify(broken)
    }
    return undefined
  }

  lastKey(table: CountedTable, node: string): MadeKey {
    const [last] = this.#connections.query('SELECT lastval()')
    const key = Number(last?.rows[0]?.[0])
    const block = this.#blockOf(table, node)
    return { id: rowId(this.#shape.tables.indexOf(table), [key]), key, block }
  }

  countedBlocks(node: string): readonly CountedBlock[] {
    const blocks = this.#shape.tables.filter(isCounted).map((table) => this.#blockOf(table, node))
    return blocks.filter((block) => block !== undefined)
  }

  /** The block that the sequence counts in: a newer one is taken in one transaction, and counted in from another one on. */
  #blockOf({ name, key: [key] }: CountedTable, node: string): CountedBlock | undefined {
    const [blocks] = this.#connections.query(
      `SELECT b.first, b.last FROM obmen_exchange.key_blocks b
         JOIN pg_sequence s ON s.seqrelid = pg_get_serial_sequence('${quote(name)}', '${key?.name ?? ''}')::regclass
         JOIN obmen_exchange.key_sequences k ON k.sequence = s.seqrelid
        WHERE b.table_name = '${name}' AND b.node = '${node}' AND b.first <= s.seqmax ORDER BY b.first DESC`,
    )
    const [block] = blocks?.rows ?? []
    return block && { first: Number(block[0]), last: Number(block[1]) }
  }

  index(): Map<RowId, IndexedRow> {
    const entries = new Map<RowId, IndexedRow>()
    for (const { row, key, table, keyLength } of this.#read(this.#index)) {
      const [stamp, origin, gone, seq, via] = row.slice(keyLength)
      entries.set(rowId(table, key), {
        stamp: Number(stamp),
        origin: String(origin),
        isGone: gone === 't',
        seq: Number(seq),
        via: String(via),
      })
    }
    return entries
  }

  refused(): Map<RowId, RowState> {
    const [refused] = this.#connections.query(
      'SELECT table_name, row_key, row_line FROM obmen_exchange.refused',
    )
    return refusedRows(this.#shape, refused?.rows ?? [])
  }

  /** The rows of one statement for each table. */
  #read(sql: string): readonly ReadRow[] {
    return this.#connections.query(sql).flatMap(({ rows }, table) => {
      const shape = this.#shape.tables[table]
      return shape === undefined ? [] : rows.map((row) => readRow(row, table, this.#kindsOf(shape)))
    })
  }

  #kindsOf(table: TableShape): Kinds {
    const kinds: ColumnKind[] = [...table.key.map(({ kind }) => kind), 'text']
    if (table.unique !== undefined) kinds.push('integer')
    const parent = parentOf(this.#shape.tables, table)
    if (parent?.key[0] !== undefined) kinds.push(parent.key[0].kind)
    return { kinds, keyLength: table.key.length }
  }
}

type ColumnKind = KeyKind

interface Kinds {
  /** Of the columns as a message has them. */
  readonly kinds: readonly ColumnKind[]
  readonly keyLength: number
}

interface ReadRow extends Kinds {
  readonly table: number
  readonly row: QueryResult['rows'][number]
  readonly key: readonly unknown[]
}

function readRow(row: ReadRow['row'], table: number, known: Kinds): ReadRow {
  const key = row.slice(0, known.keyLength).map((value, index) => decode(value, known.kinds[index]))
  return { ...known, table, row, key }
}

/** A value as a message has it. */
function decode(text: string | null, kind: ColumnKind | undefined): unknown {
  if (text === null) return null
  if (kind === 'integer') return Number(text)
  if (kind === 'blob') return { b: Buffer.from(text.slice(2), 'hex').toString('base64') }
  return text
}
