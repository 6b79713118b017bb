/** The tables of a world in SQL, and what programs do to them. */
import { countedSql, isCounted } from './counted-rows.ts'
import { ADDED, type KeyKind, OWN, REFERENCE, type TableShape, type WorldShape } from './shape.ts'
import type { Statement } from './step.ts'

/** Keys are few, so that nodes meet at the same rows. */
export const KEY_COUNT = 5

const TEXT_KEYS = ['Ключ', `it's`, 'a "b"', '00Z', 'ё'] as const

/** The statement that makes a table, as one node has it. */
export function createStatement(
  tables: readonly TableShape[],
  table: TableShape,
  node: number,
): string {
  if (isCounted(table)) return createCounted(table)
  const keys = table.key.map(({ name, kind }) => `${quote(name)} ${typeOf(kind)} NOT NULL`)
  const check =
    table.refusingNode === node ? ` CHECK (${quote(table.note)} NOT GLOB '*[13579]')` : ''
  const others = [`${quote(table.note)} TEXT${check}`]
  if (table.unique !== undefined) others.push(`${quote(table.unique)} INTEGER UNIQUE`)
  others.push(...referenceColumn(tables, table))
  if (table.hasOwnColumn === true) others.push(`${quote(OWN)} INTEGER`)
  const columns = table.areKeysLast ? [...others, ...keys] : [...keys, ...others]
  const options = [
    ...(table.isWithoutRowid ? ['WITHOUT ROWID'] : []),
    ...(table.isStrict ? ['STRICT'] : []),
  ]
  const key = table.key.map(({ name }) => quote(name)).join(', ')
  return `CREATE TABLE ${quote(table.name)} (${columns.join(', ')}, PRIMARY KEY (${key})) ${options.join(', ')}`
}

function createCounted(table: TableShape): string {
  const [key] = keyNames(table)
  return `CREATE TABLE ${quote(table.name)} (${key} INTEGER PRIMARY KEY AUTOINCREMENT, ${quote(table.note)} TEXT)`
}

function typeOf(kind: KeyKind): string {
  return { integer: 'INTEGER', text: 'TEXT', uuid: 'TEXT', blob: 'BLOB' }[kind]
}

function referenceColumn(tables: readonly TableShape[], table: TableShape): string[] {
  const { onDelete = 'RESTRICT' } = table
  const parent = parentOf(tables, table)
  const [key] = parent?.key ?? []
  if (parent === undefined || key === undefined) return []
  const refers = `REFERENCES ${quote(parent.name)} (${quote(key.name)}) ON DELETE ${onDelete}`
  return [`${quote(REFERENCE)} ${typeOf(key.kind)} ${refers} DEFERRABLE INITIALLY DEFERRED`]
}

/** The column that an application adds: it stays empty. */
export function addColumnStatement(table: TableShape): string {
  return `ALTER TABLE ${quote(table.name)} ADD COLUMN ${quote(ADDED)} TEXT`
}

/** The table that a table's rows refer to. */
export function parentOf(
  tables: readonly TableShape[],
  { parent }: TableShape,
): TableShape | undefined {
  return parent === undefined ? undefined : tables[parent]
}

/** A trigger of the application: it makes a row that is written another one, each time anew. */
export function triggerStatements(table: TableShape): string[] {
  if (table.hasTrigger !== true) return []
  const [name, note] = [quote(table.name), quote(table.note)]
  const isRow = table.key.map((key) => `${quote(key.name)} = NEW.${quote(key.name)}`).join(' AND ')
  return ['INSERT', `UPDATE OF ${note}`].map(
    (event, index) =>
      `CREATE TRIGGER ${quote(`stamp ${index} of ${table.name}`)} AFTER ${event} ON ${name} BEGIN
         UPDATE ${name} SET ${note} = '!' || NEW.${note} WHERE ${isRow}; END`,
  )
}

/** The names of all columns as a message has them: key columns first. */
export function columnNames(table: TableShape): string[] {
  const others = [table.note]
  if (table.unique !== undefined) others.push(table.unique)
  if (table.parent !== undefined) others.push(REFERENCE)
  return [...table.key.map(({ name }) => quote(name)), ...others.map(quote)]
}

/** The key with a number as SQL literals: columns differ as the digits of the number do. */
function keyValues(table: TableShape, number: number): string[] {
  const [first, second] = table.key
  if (first === undefined) return []
  if (second === undefined) return [literal(first.kind, number)]
  const others = table.key.slice(1).map(({ kind }) => literal(kind, number >> 1))
  return [literal(first.kind, number & 1), ...others]
}

function literal(kind: KeyKind, number: number): string {
  switch (kind) {
    case 'integer':
      return String(number * number - 1)
    case 'text':
      return `'${(TEXT_KEYS[number] ?? '').replaceAll("'", "''")}'`
    case 'uuid':
      return `'0b9c${number}f2e-7a1d-4c3b-9e8f-1a2b3c4d5e6f'`
    case 'blob':
      return `x'00${number}f'`
  }
}

/** The table that a statement is about. */
export function tableOf({ tables }: WorldShape, statement: Statement): TableShape {
  const table = tables[statement.table % tables.length]
  if (table === undefined) throw new RangeError('a world without tables')
  return table
}

/** What a statement of a program consists of, in literals of SQLite; names come quoted. */
export interface StatementParts {
  /** All columns that it writes, key columns first, and their values. */
  readonly names: readonly string[]
  readonly values: readonly string[]
  readonly keyNames: readonly string[]
  /** The key of the row that it is about, and the key that the row gets, where that is another one. */
  readonly key: readonly string[]
  readonly newKey: readonly string[]
  /** How many of the columns stay at home: the last ones. */
  readonly ownCount: number
}

export function partsOf(shape: WorldShape, statement: Statement, node: number): StatementParts {
  const table = tableOf(shape, statement)
  const own = table.hasOwnColumn === true ? { names: [quote(OWN)], values: [String(node)] } : NONE
  return {
    names: [...columnNames(table), ...own.names],
    values: [...rowValues(shape.tables, table, statement), ...own.values],
    keyNames: keyNames(table),
    key: keyValues(table, statement.key),
    newKey: keyValues(table, statement.otherKey),
    ownCount: own.names.length,
  }
}

/** `name = value` for each of the names. */
export function pairs(names: readonly string[], values: readonly string[]): string[] {
  return values.map((value, index) => `${names[index] ?? ''} = ${value}`)
}

/** A statement of a program in the SQL of SQLite. */
export function toSql(shape: WorldShape, statement: Statement, node: number): string {
  const table = tableOf(shape, statement)
  const name = quote(table.name)
  if (isCounted(table)) return toCountedSql(table, statement)
  const { names, values, keyNames, key, newKey, ownCount } = partsOf(shape, statement, node)
  const changes = pairs(names, values).slice(keyNames.length)
  const insert = `INTO ${name} (${names.join(', ')}) VALUES (${values.join(', ')})`
  const isKey = pairs(keyNames, key).join(' AND ')
  switch (statement.verb) {
    case 'insert':
      return `INSERT ${insert}`
    case 'ignore':
      return `INSERT OR IGNORE ${insert}`
    case 'upsert':
      return `INSERT ${insert} ON CONFLICT (${keyNames.join(', ')}) DO UPDATE SET ${changes.join(', ')}`
    case 'replace':
      return `INSERT OR REPLACE ${insert}`
    case 'update':
      return `UPDATE ${name} SET ${changes.join(', ')} WHERE ${isKey}`
    case 'evict':
      return `${evicting(shape, table)} ${name} SET ${changes.join(', ')} WHERE ${isKey}`
    case 'delete':
      return `DELETE FROM ${name} WHERE ${isKey}`
    case 'touch all':
      return touchAll(table, statement)
    case 'empty':
      return `DELETE FROM ${name}`
    case 'rekey':
      return `UPDATE ${name} SET ${[...pairs(keyNames, newKey), ...sameReference(table), ...changes.slice(0, 1), ...changes.slice(changes.length - ownCount)].join(', ')} WHERE ${isKey}`
  }
}

/** The end of a note, which says to whom the row belongs and who refuses it, stays. */
export function touchAll(table: TableShape, { serial }: Statement): string {
  return `UPDATE ${quote(table.name)} SET ${quote(table.note)} = '${serial} ' || ${quote(table.note)}`
}

/** A statement about a table whose keys the database counts. */
export function toCountedSql(table: TableShape, statement: Statement): string {
  const [key = ''] = keyNames(table)
  return countedSql({ table: quote(table.name), key, note: quote(table.note) }, statement)
}

const NONE: { readonly names: readonly string[]; readonly values: readonly string[] } = {
  names: [],
  values: [],
}

function rowValues(
  tables: readonly TableShape[],
  table: TableShape,
  { key, otherKey, serial, value }: Statement,
): string[] {
  const note = `'${'запись '.repeat(serial % 3)}${serial}'`
  const values = [...keyValues(table, key), note]
  if (table.unique !== undefined) values.push(String(value))
  const parentKey = parentOf(tables, table)?.key[0]
  if (parentKey !== undefined) {
    values.push(serial % 4 === 0 ? 'NULL' : literal(parentKey.kind, otherKey))
  }
  return values
}

function keyNames(table: TableShape): string[] {
  return table.key.map(({ name }) => quote(name))
}

/**
 * Where a row gets the key that it refers to itself, and its reference is not written with it, SQLite (3.53) counts one of the references too few that a deferred
 * constraint still misses, and commits one that points to nothing.
 */
function sameReference({ parent }: TableShape): string[] {
  return parent === undefined ? [] : [`${quote(REFERENCE)} = ${quote(REFERENCE)}`]
}

/**
 * Where a row evicts the one that it refers to, and is emptied for that (`ON DELETE SET NULL`), SQLite (3.53) writes the reference again that the row
 * had, counts one too few of those that a deferred constraint still misses, and commits what points to nothing.
 */
function evicting({ tables }: WorldShape, table: TableShape): string {
  const isEmptied = parentOf(tables, table) === table && table.onDelete === 'SET NULL'
  return isEmptied ? 'UPDATE' : 'UPDATE OR REPLACE'
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
