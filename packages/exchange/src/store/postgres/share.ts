/**
 * Which rows of a table a node has, where a rule gives it a part of the table.
 *
 *     obmen_exchange.share_of_3 (node, k1, k2, seq, is_in)   one row for each row of data that the node was ever offered
 *
 * `seq` is the position at which the row is to be offered: that of its last change, or one of its own when it entered or left
 * the share because the rule or the node's attributes changed. A row that was never offered is in no share, so a node hears
 * neither of its deletion nor of its leaving.
 *
 * Shares are worked out before rows are read, never while: a row may change between the two, but then it has a change that is
 * still to be folded, and comes to its turn again. A row that is read goes out only when its entry is there.
 */
import type { RowLine } from '../../message/body-lines.ts'
import { NodeAttributeMissing } from '../../plan/errors.ts'
import { withCode } from '../../plan/node-attributes.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import { fillCondition, type SqlCondition } from '../../plan/sql-condition.ts'
import { readAttributes } from './attribute-rows.ts'
import { type CapturedTable, indexName, keyNames, matchesKey } from './capture.ts'
import { readNodeCodes } from './node-rows.ts'
import { comparedAs } from './equal-keys.ts'
import { ColumnSet } from './column-set.ts'
import { type Connection, quoteName, toNumber, toText } from './postgres-database.ts'
import { hasShortKey, numbered, rowsFrom, writeColumn } from './row-batch.ts'
import { EVERY_ROW, type RuledTable } from './ruled-table.ts'
import { tableName } from './user-table.ts'
import { extendBesideWaiting, holdWaiting, NO_POSITION, WAITING } from './waiting-share.ts'

export function shareName(table: { readonly id: number }): string {
  return `obmen_exchange.share_of_${table.id}`
}

/** A table of which nodes get a part. */
interface SharedTable extends RuledTable {
  readonly condition: SqlCondition
}

function sharedOf(tables: readonly RuledTable[]): SharedTable[] {
  return tables.filter((table): table is SharedTable => table.condition !== undefined)
}

/** Makes what the shares of these tables are kept in. Must run under the lock of the store. */
export async function makeShareTables(
  connection: Connection,
  tables: readonly RuledTable[],
): Promise<void> {
  for (const table of sharedOf(tables)) {
    const name = shareName(table)
    const keys = keyNames(table).join(', ')
    const [exists] = (await connection.first('SELECT to_regclass($1)', name)) ?? []
    if (exists !== null) continue
    await connection.exec(`
      CREATE TABLE ${name} AS SELECT ''::text COLLATE "C" AS node, ${keys}, seq, false AS is_in FROM ${indexName(table)} WITH NO DATA;
      ALTER TABLE ${name} ADD PRIMARY KEY (node, ${keys});
      CREATE INDEX share_of_${table.id}_seq ON ${name} (node, seq)`)
  }
}

/** Takes away what was kept of a table. */
export async function removeShares(connection: Connection, tableId: number): Promise<void> {
  await connection.exec(`DROP TABLE IF EXISTS ${shareName({ id: tableId })}`)
  await connection.run('DELETE FROM obmen_exchange.shares WHERE table_id = $1', tableId)
}

/** Takes away what was kept of a node, but for what goes with it by itself. */
export async function forgetShares(
  connection: Connection,
  tables: readonly RuledTable[],
  node: NodeCode,
): Promise<void> {
  for (const table of sharedOf(tables)) {
    await connection.run(`DELETE FROM ${shareName(table)} WHERE node = $1`, node)
  }
}

/** `EXISTS (…)`: the row of an index entry is there, and is the node's share. */
function isShare(table: RuledTable, condition: string): string {
  // Under its own name: a condition may name the table.
  const row = quoteName(table.name)
  return `EXISTS (SELECT 1 FROM ${tableName(table)} WHERE ${matchesKey(table, row, 'i')} AND ${condition})`
}

/** The condition of a table for one node, with its attributes in it; the name of one that the node does not have. */
async function fill(
  connection: Connection,
  table: RuledTable,
  node: NodeCode,
): Promise<ReturnType<typeof fillCondition>> {
  const attributes = withCode(node, await readAttributes(connection, node))
  return fillCondition(table.condition ?? EVERY_ROW, attributes)
}

/** The condition of a table for one node. Throws {@link NodeAttributeMissing}. */
export async function conditionFor(
  connection: Connection,
  table: RuledTable,
  node: NodeCode,
): Promise<string> {
  const filled = await fill(connection, table, node)
  if ('missing' in filled) throw new NodeAttributeMissing(node, table.name, filled.missing)
  return filled.sql
}

/** How far a node's share in a table is worked out. */
interface Progress {
  readonly throughSeq: number
  readonly condition: string
}

async function readProgress(
  connection: Connection,
  table: CapturedTable,
  node: NodeCode,
): Promise<Progress | undefined> {
  const row = await connection.first(
    'SELECT through_seq, condition FROM obmen_exchange.shares WHERE node = $1 AND table_id = $2',
    node,
    table.id,
  )
  return row && { throughSeq: toNumber(row[0]), condition: toText(row[1]) }
}

/** One node's share of one table. */
interface Share {
  readonly table: RuledTable
  readonly node: NodeCode
}

async function saveProgress(
  connection: Connection,
  { table, node }: Share,
  progress: Progress,
): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.shares (node, table_id, through_seq, condition) VALUES ($1, $2, $3, $4)
     ON CONFLICT (node, table_id) DO UPDATE SET through_seq = excluded.through_seq, condition = excluded.condition`,
    node,
    table.id,
    progress.throughSeq,
    progress.condition,
  )
}

/** Up to which position the shares of a node are wanted. */
export interface Extent {
  readonly node: NodeCode
  readonly throughSeq: number
}

/** Whether the shares of a node are worked out up to a position. */
export async function areSharesCurrent(
  connection: Connection,
  tables: readonly RuledTable[],
  to: Extent,
): Promise<boolean> {
  for (const table of sharedOf(tables)) {
    const progress = await readProgress(connection, table, to.node)
    if ((progress?.throughSeq ?? -1) < to.throughSeq) return false
  }
  return true
}

/**
 * Works out the shares of a node up to a position: a row that changed is offered at the position of its change when it is the
 * node's share, or was so far, or came from it. Must run under the lock of the store, and before the rows are read.
 */
export async function extendShares(
  connection: Connection,
  tables: readonly RuledTable[],
  to: Extent,
): Promise<void> {
  for (const table of sharedOf(tables)) {
    const condition = await conditionFor(connection, table, to.node)
    await extendShare(connection, table, { ...to, condition })
  }
}

async function extendShare(
  connection: Connection,
  table: RuledTable,
  { node, throughSeq, condition }: Extent & { readonly condition: string },
): Promise<void> {
  const progress = (await readProgress(connection, table, node)) ?? { throughSeq: 0, condition }
  if (progress.throughSeq >= throughSeq) return
  const keys = keyNames(table)
  const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
  const mine = isShare(table, condition)
  const statement = `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
     SELECT $1, ${keys.map((key) => `i.${key}`).join(', ')}, i.seq, ${mine} FROM ${indexName(table)} i
      WHERE i.seq > $2::bigint AND i.seq <= $3::bigint
        AND (${mine} OR (i.via = $1 AND NOT i.gone)
             OR EXISTS (SELECT 1 FROM ${shareName(table)} s WHERE s.node = $1 AND s.is_in AND ${isEntry}))
     ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`
  await extendBesideWaiting(connection, { table, share: shareName(table), node }, () => {
    return connection.run(statement, node, progress.throughSeq, throughSeq)
  })
  await saveProgress(connection, { table, node }, { throughSeq, condition: progress.condition })
}

/**
 * Enters rows that came from a node: it has them, whatever becomes of them here. One that loses against ours, or that a decision
 * changes, may be none of its share. Must run in the transaction that applies them.
 */
export async function enterHeld(
  connection: Connection,
  { table, node }: Share,
  rows: readonly RowLine[],
): Promise<void> {
  const width = table.key.length
  const keys = keyNames(table).join(', ')
  const compared = table.key.map(comparedAs).join(', ')
  const values = table.key.map(writeColumn).join(', ')
  const held = rows.filter(({ kind }) => kind === 'row')
  const set = new ColumnSet(table, table.key)
  const enter = (exact: readonly RowLine[]): Promise<unknown> =>
    connection.run(
      `INSERT INTO ${shareName(table)} AS s (node, ${keys}, seq, is_in)
       SELECT DISTINCT ON (${compared}) $1, ${values}, ${NO_POSITION}, true FROM ${rowsFrom(width, 2)}
       ON CONFLICT (node, ${keys}) DO UPDATE SET seq = excluded.seq, is_in = true WHERE NOT s.is_in`,
      node,
      ...set.texts.bind(exact, width),
    )
  // A key that PostgreSQL does not take is no row here.
  const areShort = held.every((row) => hasShortKey(row, width))
  if (areShort && set.texts.areSure(held, width)) await enter(held)
  else await set.withExact(connection, numbered(held), { all: enter })
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
export async function settleHeld(
  connection: Connection,
  tables: readonly RuledTable[],
  { node, headSeq, waiting }: HeldBy,
): Promise<number> {
  await extendShares(connection, tables, { node, throughSeq: headSeq })
  let lastSeq = headSeq
  for (const table of sharedOf(tables)) {
    await holdWaiting(connection, { table, share: shareName(table), node }, waiting)
    const keys = keyNames(table)
    const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
    const mine = isShare(table, await conditionFor(connection, table, node))
    lastSeq += await connection.run(
      `INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
       SELECT $1, ${keys.map((key) => `i.${key}`).join(', ')}, $2::bigint + row_number() OVER (ORDER BY i.seq), ${mine}
         FROM ${shareName(table)} s JOIN ${indexName(table)} i ON ${isEntry}
        WHERE s.node = $1 AND s.seq = ${NO_POSITION}
       ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`,
      node,
      lastSeq,
    )
  }
  return lastSeq
}

/**
 * Brings the shares of all nodes into line with rules and attributes that have changed: what entered a share, or left it, gets a
 * position of its own. Nodes that lack an attribute are left as they are. Must run under the lock of the store, after a fold. Gives
 * the last position.
 */
export async function reviseShares(
  connection: Connection,
  tables: readonly RuledTable[],
  headSeq: number,
): Promise<number> {
  let lastSeq = headSeq
  for (const node of await readNodeCodes(connection)) {
    for (const table of sharedOf(tables)) {
      lastSeq = await reviseShare(connection, { table, node }, lastSeq)
    }
  }
  return lastSeq
}

async function reviseShare(
  connection: Connection,
  { table, node }: Share,
  headSeq: number,
): Promise<number> {
  const filled = await fill(connection, table, node)
  if ('missing' in filled) return headSeq
  const condition = filled.sql
  const progress = await readProgress(connection, table, node)
  if (progress?.condition === condition) return headSeq
  if (progress !== undefined) {
    await extendShare(connection, table, { node, throughSeq: headSeq, condition })
  } else {
    if (!(await wasOffered(connection, node))) return headSeq
    await adoptWhole(connection, table, node)
  }
  const keys = keyNames(table)
  const isEntry = keys.map((key) => `s.${key} = i.${key}`).join(' AND ')
  const mine = isShare(table, condition)
  const revise = `
    INSERT INTO ${shareName(table)} (node, ${keys.join(', ')}, seq, is_in)
    SELECT $1, ${keys.map((key) => `i.${key}`).join(', ')}, $2::bigint + row_number() OVER (ORDER BY i.seq), ${mine}
      FROM ${indexName(table)} i LEFT JOIN ${shareName(table)} s ON s.node = $1 AND ${isEntry}
     WHERE NOT i.gone AND (${mine} <> coalesce(s.is_in, false) OR s.seq = ${NO_POSITION}) AND s.seq IS DISTINCT FROM ${WAITING}
    ON CONFLICT (node, ${keys.join(', ')}) DO UPDATE SET seq = excluded.seq, is_in = excluded.is_in`
  const held = { table, share: shareName(table), node }
  const revised = await extendBesideWaiting(connection, held, () => {
    return connection.run(revise, node, headSeq)
  })
  const throughSeq = headSeq + revised
  await saveProgress(connection, { table, node }, { throughSeq, condition })
  return throughSeq
}

async function wasOffered(connection: Connection, node: NodeCode): Promise<boolean> {
  const offered = await connection.first(
    'SELECT offered_seq FROM obmen_exchange.nodes WHERE code = $1',
    node,
  )
  return toNumber(offered?.[0]) > 0
}

/** A node that was there before the first rule had the whole table, as far as it was offered; what is more does no harm. */
async function adoptWhole(
  connection: Connection,
  table: RuledTable,
  node: NodeCode,
): Promise<void> {
  const keys = keyNames(table).join(', ')
  await connection.run(
    `INSERT INTO ${shareName(table)} (node, ${keys}, seq, is_in)
     SELECT $1, ${keys}, seq, true FROM ${indexName(table)} ON CONFLICT DO NOTHING`,
    node,
  )
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

/** The whole change index, but for what came from the node. `$3` is the node's code. */
export function wholeSource(table: RuledTable): ChangeSource {
  return {
    from: `FROM ${indexName(table)} i LEFT JOIN ${tableName(table)} d ON ${matchesKey(table, 'd', 'i')}`,
    positions: `SELECT min(seq) FROM ${indexName(table)} WHERE $3::text IS NOT NULL`,
    position: 'i.seq',
    condition: 'i.via <> $3',
    presence: `CASE WHEN ${isGone(table)} THEN 0 ELSE 1 END`,
  }
}

/** How the share of a node is read. `$3` is the node's code. */
export function shareSource(table: RuledTable, condition: string): ChangeSource {
  const isEntry = keyNames(table)
    .map((key) => `i.${key} = s.${key}`)
    .join(' AND ')
  const mine = isShare(table, condition)
  return {
    from:
      `FROM ${shareName(table)} s JOIN ${indexName(table)} i ON ${isEntry}` +
      ` LEFT JOIN ${tableName(table)} d ON ${matchesKey(table, 'd', 'i')}`,
    positions: `SELECT min(seq) FROM ${shareName(table)} WHERE node = $3`,
    position: 's.seq',
    // What came from the node it knows, unless it was taken from it since; what is not its share it has to be told, also when a
    // change that is still to be folded brings the row back: that comes to its turn.
    condition: `s.node = $3 AND (i.via <> $3 OR s.seq <> i.seq OR (NOT ${isGone(table)} AND NOT (s.is_in AND ${mine})))`,
    presence: `CASE WHEN ${isGone(table)} THEN 0 WHEN s.is_in AND ${mine} THEN 1 ELSE 2 END`,
  }
}

function isGone(table: RuledTable): string {
  return `(d.${quoteName(table.key[0]?.name ?? '')} IS NULL)`
}
