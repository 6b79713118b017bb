/**
 * Change registration: an append, nothing else.
 *
 * Each table of the plan has a *log* and a *change index*, with columns `k1…kn` for its primary key, of the same
 * affinity and collation, so that any key is held exactly and compared as the application compares it:
 *
 *     obmen_log_3   (id, k1, k2, at, evicted)               appended to by the triggers
 *     obmen_index_3 (k1, k2, seq, stamp, origin, via, gone, base) one row for each row ever changed, made by the fold
 *
 * The triggers call nothing but built-in functions of every SQLite version, and can't fail: a program that writes to
 * the database knows nothing of them, whatever its language.
 */
import { quoteName } from './sqlite-database.ts'
import type { ComparedColumn, UniqueColumn, UserTable } from './user-table.ts'

/** A table of the plan with the number that its log, index and triggers are named by. */
export interface CapturedTable extends UserTable {
  readonly id: number
}

export function logName(table: CapturedTable): string {
  return `obmen_log_${table.id}`
}

export function indexName(table: CapturedTable): string {
  return `obmen_index_${table.id}`
}

/** The names of the key columns in log and index. */
export function keyNames(table: UserTable): string[] {
  return table.key.map((_, index) => `k${index + 1}`)
}

/** `d."OrderID" = i.k1 COLLATE "BINARY" AND …`: the application's row of an index or log row. */
export function matchesKey(table: UserTable, row: string, entry: string): string {
  return table.key
    .map((column, index) => `${row}.${compare(column, '=', `${entry}.k${index + 1}`)}`)
    .join(' AND ')
}

/** A comparison as the primary key or the unique index makes it, whatever the column's own collation is. */
export function compare(column: ComparedColumn, operator: string, value: string): string {
  return `${quoteName(column.name)} ${operator} ${value} COLLATE ${quoteName(column.collation)}`
}

/** The wall clock in milliseconds, in words that every SQLite understands: other programs bring their own SQLite. */
export const NOW_MS = `CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)`

/**
 * The statements that make log and index of a table: first the log, then the index. BINARY goes without saying: where it is named, SQLite
 * no longer sees that octets are all it has to compare, and each comparison of two keys costs thrice as much.
 */
export function tableStatements(table: CapturedTable): string[] {
  const columns = table.key.map(({ type, collation }, index) => {
    const isBinary = collation.toUpperCase() === 'BINARY'
    const comparison = isBinary ? '' : ` COLLATE ${quoteName(collation)}`
    return `k${index + 1} ${type.toUpperCase()} NOT NULL${comparison}`
  })
  const keys = keyNames(table).join(', ')
  return [
    `CREATE TABLE ${logName(table)} (id INTEGER PRIMARY KEY, ${columns.join(', ')}, at INTEGER NOT NULL, evicted INTEGER NOT NULL)`,
    `CREATE TABLE ${indexName(table)} (${columns.join(', ')}, seq INTEGER NOT NULL, stamp INTEGER NOT NULL, ` +
      `origin TEXT NOT NULL, via TEXT NOT NULL, gone INTEGER NOT NULL, base INTEGER, PRIMARY KEY (${keys})) WITHOUT ROWID`,
    `CREATE INDEX ${indexName(table)}_seq ON ${indexName(table)} (seq)`,
    `CREATE INDEX ${indexName(table)}_gone ON ${indexName(table)} (seq) WHERE gone = 1`,
  ]
}

/** What a trigger of ours is made of. An empty condition is none. */
interface Trigger {
  readonly name: string
  readonly event: string
  readonly when: string
  readonly action: string
}

/** The statements that make the triggers without which a change is missed. */
export function triggerStatements(table: CapturedTable): string[] {
  const newKey = notNull(table, 'NEW')
  const oldKey = notNull(table, 'OLD')
  const oldKeyIsGone = table.key
    .map((column) => `OLD.${compare(column, 'IS NOT', `NEW.${quoteName(column.name)}`)}`)
    .join(' OR ')
  const rekeyed = oldKey === '' ? `(${oldKeyIsGone})` : `(${oldKeyIsGone}) AND ${oldKey}`
  const triggers: Trigger[] = [
    { name: 'insert', event: 'AFTER INSERT', when: newKey, action: appendKey(table, 'NEW') },
    { name: 'update', event: 'AFTER UPDATE', when: newKey, action: appendKey(table, 'NEW') },
    { name: 'rekey', event: 'AFTER UPDATE', when: rekeyed, action: appendKey(table, 'OLD') },
    { name: 'delete', event: 'AFTER DELETE', when: oldKey, action: appendKey(table, 'OLD') },
  ]
  return triggers.map((trigger) => triggerStatement(table, trigger))
}

/** The statements that make the triggers which note what a REPLACE may delete: they follow from the unique values. */
export function evictionStatements(table: CapturedTable): string[] {
  return evictionTriggers(table).map((trigger) => triggerStatement(table, trigger))
}

function triggerStatement(table: CapturedTable, { name, event, when, action }: Trigger): string {
  const condition = when === '' ? '' : ` WHEN ${when}`
  return (
    `CREATE TRIGGER obmen_${table.id}_${name} ${event} ON ${quoteName(table.name)}` +
    `${condition} BEGIN ${action}; END`
  )
}

/**
 * `INSERT OR REPLACE` silently deletes other rows that hold the same unique value, and fires no delete trigger for
 * them unless `recursive_triggers` is on. So they are noted before; the fold keeps those notes whose row is really gone.
 */
function evictionTriggers(table: CapturedTable): Trigger[] {
  const sameKey = table.key
    .map((column) => `d.${compare(column, 'IS', `NEW.${quoteName(column.name)}`)}`)
    .join(' AND ')
  const keys = table.key.map(({ name }) => `d.${quoteName(name)}`).join(', ')
  const present = notNull(table, 'd')
  return table.uniques.flatMap((columns, index) => {
    const sameValue = columns
      .map((column) => `d.${compare(column, '=', newValue(column))}`)
      .join(' AND ')
    const action =
      `INSERT INTO ${logName(table)} (${keyNames(table).join(', ')}, at, evicted) ` +
      `SELECT ${keys}, ${NOW_MS}, 1 FROM ${quoteName(table.name)} d ` +
      `WHERE ${sameValue}${present === '' ? '' : ` AND ${present}`}`
    const otherRow = `${action} AND NOT (${sameKey})`
    return [
      // Before an insert a key that SQLite will give reads as -1: it says nothing of which row is meant.
      { name: `evict_insert_${index}`, event: 'BEFORE INSERT', when: '', action },
      { name: `evict_update_${index}`, event: 'BEFORE UPDATE', when: '', action: otherRow },
    ]
  })
}

/** Before the change NULL is still NULL, also where REPLACE takes the default in its place. */
function newValue({ name, insteadOfNull }: UniqueColumn): string {
  const value = `NEW.${quoteName(name)}`
  return insteadOfNull === undefined ? value : `coalesce(${value}, ${insteadOfNull})`
}

function appendKey(table: CapturedTable, row: 'NEW' | 'OLD'): string {
  const values = table.key.map(({ name }) => `${row}.${quoteName(name)}`).join(', ')
  return (
    `INSERT INTO ${logName(table)} (${keyNames(table).join(', ')}, at, evicted) ` +
    `VALUES (${values}, ${NOW_MS}, 0)`
  )
}

/** A row whose key holds NULL can't be named to another node; it stays here. */
function notNull(table: UserTable, row: string): string {
  return table.key
    .filter((column) => column.nullable)
    .map(({ name }) => `${row}.${quoteName(name)} IS NOT NULL`)
    .join(' AND ')
}

/** The rows of a table that take part: those whose key holds no NULL. */
export function fromTable(table: UserTable): string {
  const condition = notNull(table, quoteName(table.name))
  return `FROM ${quoteName(table.name)}${condition === '' ? '' : ` WHERE ${condition}`}`
}
