/**
 * Which rows of a table a node has, where a rule gives it a part of the table.
 *
 *     obmen_share_of_3 (node, k1, k2, seq, is_in)   one row for each row of data that the node was ever offered
 *
 * `seq` is the position at which the row is to be offered: that of its last change, or one of its own when it entered or left
 * the share because the rule or the node's attributes changed. A row that was never offered is in no share, so a node hears
 * neither of its deletion nor of its leaving.
 *
 * Shares are worked out before rows are read, never while: a row may change between the two, but then it has a change that is
 * still to be folded, and comes to its turn again. A row that is read goes out only when its entry is there.
 */
import { NodeAttributeMissing } from '../../plan/errors.ts'
import { withCode } from '../../plan/node-attributes.ts'
import type { RowLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import { fillCondition } from '../../plan/sql-condition.ts'
import { readAttributes } from './attribute-rows.ts'
import { type CapturedTable, indexName, keyNames, matchesKey, tableStatements } from './capture.ts'
import { readNodeCodes } from './node-rows.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, quoteName, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'
import { extendBesideWaiting, holdWaiting, NO_POSITION, WAITING } from './waiting-share.ts'

export function shareName(table: CapturedTable): string {
  return `obmen_share_of_${table.id}`
}

/** Makes what the shares of these tables are kept in. Must run in a write transaction. */
export function makeShareTables(database: SqliteDatabase, tables: readonly RuledTable[]): void {
  for (const table of tables) {
    if (table.condition === undefined) continue
    const name = shareName(table)
    const exists = new Query(database, 'SELECT 1 FROM sqlite_schema WHERE name = ?').first(name)
    if (exists !== undefined) continue
    const columns = keyColumns(table)
    const keys = keyNames(table).join(', ')
    database.exec(`
      CREATE TABLE ${name} (node TEXT NOT NULL, ${columns}, seq INTEGER NOT NULL, is_in INTEGER NOT NULL,
        PRIMARY KEY (node, ${keys})) WITHOUT ROWID;
      CREATE INDEX ${name}_seq ON ${name} (node, seq)`)
  }
}

/** The key columns as the change index has them. */
function keyColumns(table: CapturedTable): string {
  const [, index = ''] = tableStatements(table)
  return index.slice(index.indexOf('(') + 1, index.indexOf(', seq INTEGER'))
}

/** Takes away what was kept of a table. */
export function removeShares(database: SqliteDatabase, tableId: number): void {
  database.exec(`DROP TABLE IF EXISTS obmen_share_of_${tableId}`)
  database.exec(`DELETE FROM obmen_share WHERE table_id = ${tableId}`)
}

/** Takes away what was kept of a node. */
export function forgetShares(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  node: NodeCode,
): void {
  for (const table of tables) {
    if (table.condition === undefined) continue
    new Query(database, `DELETE FROM ${shareName(table)} WHERE node = ?`).run(node)
  }
  new Query(database, 'DELETE FROM obmen_share WHERE node = ?').run(node)
}

/** `EXISTS (…)`: the row of an index entry is there, and is the node's share. */
function isShare(table: RuledTable, condition: string): string {
  const row = quoteName(table.name)
  return `EXISTS (SELECT 1 FROM ${row} WHERE ${matchesKey(table, row, 'i')} AND ${condition})`
}

/** The condition of a table for one node, with its attributes in it. Throws {@link NodeAttributeMissing}. */
export function conditionFor(database: SqliteDatabase, table: RuledTable, node: NodeCode): string {
  const attributes = withCode(node, readAttributes(database, node))
  const filled = fillCondition(table.condition ?? { parts: ['1'], names: [] }, attributes)
  if ('missing' in filled) throw new NodeAttributeMissing(node, table.name, filled.missing)
  return filled.sql
}

/** How far a node's share in a table is worked out. */
interface Progress {
  readonly throughSeq: number
  readonly condition: string
}

function readProgress(
  database: SqliteDatabase,
  table: RuledTable,
  node: NodeCode,
): Progress | undefined {
  const row = new Query(
    database,
    'SELECT through_seq, condition FROM obmen_share WHERE node = ? AND table_id = ?',
  ).first(node, BigInt(table.id))
  return row && { throughSeq: toNumber(row[0]), condition: toText(row[1]) }
}

function saveProgress(
  database: SqliteDatabase,
  { table, node }: { readonly table: RuledTable; readonly node: NodeCode },
  progress: Progress,
): void {
  const save = new Query(database, 'INSERT OR REPLACE INTO obmen_share VALUES (?, ?, ?, ?)')
  save.run(node, BigInt(table.id), BigInt(progress.throughSeq), progress.condition)
}

/** Whether the shares of a node are worked out up to a position. */
export function areSharesCurrent(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  to: { readonly node: NodeCode; readonly throughSeq: number },
): boolean {
  return tables.every((table) => {
    if (table.condition === undefined) return true
    return (readProgress(database, table, to.node)?.throughSeq ?? -1) >= to.throughSeq
  })
}

/**
 * Works out the shares of a node up to a position: a row that changed is offered at the position of its change when it is the
 * node's share, or was so far, or came from it. Must run in a write transaction, and before the rows are read.
 */
export function extendShares(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  to: { readonly node: NodeCode; readonly throughSeq: number },
): void {
  for (const table of tables) {
    if (table.condition === undefined) continue
    extendShare(database, table, { ...to, condition: conditionFor(database, table, to.node) })
  }
}

interface Extent {
  readonly node: NodeCode
  readonly throughSeq: number
  readonly condition: string
}

function extendShare(database: SqliteDatabase, table: RuledTable, extent: Extent): void {
  const { node, throughSeq, condition } = extent
  const progress = readProgress(database, table, node) ?? { throughSeq: 0, condition }
  if (progress.throughSeq >= throughSeq) return
  const keys = keyNames(table)
  const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
  const mine = isShare(table, condition)
  const extend = new Query(
    database,
    `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
     SELECT ?1, ${keys.map((key) => `i.${key}`).join(', ')}, i.seq, ${mine} FROM ${indexName(table)} i
      WHERE i.seq > ?2 AND i.seq <= ?3
        AND (${mine} OR (i.via = ?1 AND i.gone = 0)
             OR EXISTS (SELECT 1 FROM ${shareName(table)} s WHERE s.node = ?1 AND s.is_in = 1 AND ${isEntry}))
     ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`,
  )
  extendBesideWaiting(database, { table, share: shareName(table), node }, () => {
    extend.run(node, BigInt(progress.throughSeq), BigInt(throughSeq))
  })
  saveProgress(database, { table, node }, { throughSeq, condition: progress.condition })
}

/**
 * Enters rows that came from a node: it has them, whatever becomes of them here. One that loses against ours, or that a decision
 * changes, may be none of its share. Must run in the transaction that applies them.
 */
export function enterHeld(
  database: SqliteDatabase,
  { table, node }: { readonly table: RuledTable; readonly node: NodeCode },
  rows: readonly RowLine[],
): void {
  const keys = keyNames(table)
  const enter = new Query(
    database,
    `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
     VALUES (?, ${'?, '.repeat(keys.length)}${NO_POSITION}, 1)
     ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = 1 WHERE is_in = 0`,
  )
  for (const { kind, values } of rows) {
    if (kind === 'row') enter.run(node, ...values.slice(0, keys.length))
  }
}

/** Whose rows were applied, and what of all rows waits since. */
interface HeldBy {
  readonly node: NodeCode
  readonly headSeq: number
  readonly waiting: readonly WaitingRow[]
}

/**
 * Works out a node's share after its rows were applied. Those that were not written here are offered as they are here, or as a
 * departure. Gives the last position.
 */
export function settleHeld(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  { node, headSeq, waiting }: HeldBy,
): number {
  extendShares(database, tables, { node, throughSeq: headSeq })
  let lastSeq = headSeq
  for (const table of tables) {
    if (table.condition === undefined) continue
    holdWaiting(database, { table, share: shareName(table), node }, waiting)
    const keys = keyNames(table)
    const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
    const mine = isShare(table, conditionFor(database, table, node))
    lastSeq += new Query(
      database,
      `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
       SELECT ?1, ${keys.map((key) => `i.${key}`).join(', ')}, ?2 + row_number() OVER (ORDER BY i.seq), ${mine}
         FROM ${shareName(table)} s JOIN ${indexName(table)} i ON ${isEntry}
        WHERE s.node = ?1 AND s.seq = ${NO_POSITION}
       ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`,
    ).run(node, BigInt(lastSeq))
  }
  return lastSeq
}

/**
 * Brings the shares of all nodes into line with rules and attributes that have changed: what entered a share, or left it, gets a
 * position of its own. Nodes that lack an attribute are left as they are. Must run in a write transaction, after a fold. Gives
 * the last position.
 */
export function reviseShares(
  database: SqliteDatabase,
  tables: readonly RuledTable[],
  headSeq: number,
): number {
  let lastSeq = headSeq
  for (const node of readNodeCodes(database)) {
    for (const table of tables) {
      if (table.condition !== undefined) lastSeq = reviseShare(database, { table, node }, lastSeq)
    }
  }
  return lastSeq
}

function reviseShare(
  database: SqliteDatabase,
  { table, node }: { readonly table: RuledTable; readonly node: NodeCode },
  headSeq: number,
): number {
  const attributes = withCode(node, readAttributes(database, node))
  const filled = fillCondition(table.condition ?? { parts: ['1'], names: [] }, attributes)
  if ('missing' in filled) return headSeq
  const condition = filled.sql
  const progress = readProgress(database, table, node)
  if (progress?.condition === condition) return headSeq
  if (progress === undefined) {
    if (!wasOffered(database, node)) return headSeq
    adoptWhole(database, table, node)
  } else {
    extendShare(database, table, { node, throughSeq: headSeq, condition })
  }
  const keys = keyNames(table)
  const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
  const mine = isShare(table, condition)
  const revise = new Query(
    database,
    `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
     SELECT ?1, ${keys.map((key) => `i.${key}`).join(', ')}, ?2 + row_number() OVER (ORDER BY i.seq), ${mine}
       FROM ${indexName(table)} i LEFT JOIN ${shareName(table)} s ON s.node = ?1 AND ${isEntry}
      WHERE i.gone = 0 AND (${mine} <> coalesce(s.is_in, 0) OR s.seq = ${NO_POSITION}) AND s.seq IS NOT ${WAITING}
     ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`,
  )
  const revised = extendBesideWaiting(database, { table, share: shareName(table), node }, () => {
    return revise.run(node, BigInt(headSeq))
  })
  saveProgress(database, { table, node }, { throughSeq: headSeq + revised, condition })
  return headSeq + revised
}

function wasOffered(database: SqliteDatabase, node: NodeCode): boolean {
  const offered = new Query(database, 'SELECT offered_seq FROM obmen_node WHERE code = ?')
  return toNumber(offered.first(node)?.[0]) > 0
}

/** A node that was there before the first rule had the whole table, as far as it was offered; what is more does no harm. */
function adoptWhole(database: SqliteDatabase, table: RuledTable, node: NodeCode): void {
  const keys = keyNames(table).join(', ')
  new Query(
    database,
    `INSERT OR IGNORE INTO ${shareName(table)} (node, ${keys}, seq, is_in)
     SELECT ?, ${keys}, seq, 1 FROM ${indexName(table)}`,
  ).run(node)
}

/** From where and by which positions the changes of a table are read for a node: its share, or the whole change index. */
export interface ChangeSource {
  readonly from: string
  /** What tells quickly whether there is anything: the positions alone, of changes of no interest too. */
  readonly positions: string
  readonly position: string
  readonly condition: string
  /** 0: the row is gone; 1: it is the node's; 2: it is there and not the node's share. */
  readonly presence: string
}

/** How the share of a node is read. `?1` is the node's code. */
export function shareSource(table: RuledTable, condition: string): ChangeSource {
  const row = quoteName(table.name)
  const isEntry = keyNames(table)
    .map((key) => `i.${key} = s.${key}`)
    .join(' AND ')
  const isGone = `d.${quoteName(table.key[0]?.name ?? '')} IS NULL`
  const mine = isShare(table, condition)
  return {
    from:
      `FROM ${shareName(table)} s JOIN ${indexName(table)} i ON ${isEntry}` +
      ` LEFT JOIN ${row} d ON ${matchesKey(table, 'd', 'i')}`,
    positions: `SELECT min(seq) FROM ${shareName(table)} WHERE node = ?1`,
    position: 's.seq',
    // What came from the node it knows, unless it was taken from it since; what is not its share it has to be told, also when a
    // change that is still to be folded brings the row back: that comes to its turn.
    condition: `s.node = ?1 AND (i.via <> ?1 OR s.seq <> i.seq OR (i.gone = 0 AND (s.is_in = 0 OR NOT ${mine})))`,
    presence: `CASE WHEN ${isGone} THEN 0 WHEN s.is_in = 1 AND ${mine} THEN 1 ELSE 2 END`,
  }
}
