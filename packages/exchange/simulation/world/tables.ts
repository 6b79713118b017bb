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

/** A statement of a program in SQL. */
export function toSql(shape: WorldShape, statement: Statement, node: number): string {
  const table = tableOf(shape, statement)
  const name = quote(table.name)
  if (isCounted(table)) {
    const [key = ''] = keyNames(table)
    return countedSql({ table: name, key, note: quote(table.note) }, statement)
  }
  const own = table.hasOwnColumn === true ? { names: [quote(OWN)], values: [String(node)] } : NONE
  const values = [...rowValues(shape.tables, table, statement), ...own.values]
  const names = [...columnNames(table), ...own.names]
  const changes = names.map((column, index) => `${column} = ${values[index] ?? 'NULL'}`)
  changes.splice(0, table.key.length)
  const insert = `INTO ${name} (${names.join(', ')}) VALUES (${values.join(', ')})`
  const isKey = whereKey(table, statement.key)
  switch (statement.verb) {
    case 'insert':
      return `INSERT ${insert}`
    case 'ignore':
      return `INSERT OR IGNORE ${insert}`
    case 'upsert':
      return `INSERT ${insert} ON CONFLICT (${keyNames(table).join(', ')}) DO UPDATE SET ${changes.join(', ')}`
    case 'replace':
      return `INSERT OR REPLACE ${insert}`
    case 'update':
      return `UPDATE ${name} SET ${changes.join(', ')} WHERE ${isKey}`
    case 'evict':
      return `UPDATE OR REPLACE ${name} SET ${changes.join(', ')} WHERE ${isKey}`
    case 'delete':
      return `DELETE FROM ${name} WHERE ${isKey}`
    case 'rekey':
      return `UPDATE ${name} SET ${[...keyChanges(table, statement.otherKey), ...sameReference(table), ...changes.slice(0, 1), ...changes.slice(changes.length - own.names.length)].join(', ')} WHERE ${isKey}`
  }
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

function keyChanges(table: TableShape, number: number): string[] {
  const values = keyValues(table, number)
  return keyNames(table).map((name, index) => `${name} = ${values[index] ?? 'NULL'}`)
}

/**
 * Where a row gets the key that it refers to itself, and its reference is not written with it, SQLite (3.53) counts one of the references too few that a deferred
 * constraint still misses, and commits one that points to nothing.
 */
function sameReference({ parent }: TableShape): string[] {
  return parent === undefined ? [] : [`${quote(REFERENCE)} = ${quote(REFERENCE)}`]
}

function whereKey(table: TableShape, number: number): string {
  return keyChanges(table, number).join(' AND ')
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
