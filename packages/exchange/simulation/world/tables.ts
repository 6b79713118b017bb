/** The tables of a world in SQL, and what programs do to them. */
import type { KeyKind, TableShape, WorldShape } from './shape.ts'
import type { Statement } from './step.ts'

/** Keys are few, so that nodes meet at the same rows. */
export const KEY_COUNT = 5

const TEXT_KEYS = ['Ключ', `it's`, 'a "b"', '00Z', 'ё'] as const

/** The statement that makes a table, as one node has it. */
export function createStatement(table: TableShape, node: number): string {
  const keys = table.key.map(({ name, kind }) => `${quote(name)} ${typeOf(kind)} NOT NULL`)
  const check =
    table.refusingNode === node ? ` CHECK (${quote(table.note)} NOT GLOB '*[13579]')` : ''
  const others = [`${quote(table.note)} TEXT${check}`]
  if (table.unique !== undefined) others.push(`${quote(table.unique)} INTEGER UNIQUE`)
  const columns = table.areKeysLast ? [...others, ...keys] : [...keys, ...others]
  const options = [
    ...(table.isWithoutRowid ? ['WITHOUT ROWID'] : []),
    ...(table.isStrict ? ['STRICT'] : []),
  ]
  const key = table.key.map(({ name }) => quote(name)).join(', ')
  return `CREATE TABLE ${quote(table.name)} (${columns.join(', ')}, PRIMARY KEY (${key})) ${options.join(', ')}`
}

function typeOf(kind: KeyKind): string {
  return { integer: 'INTEGER', text: 'TEXT', uuid: 'TEXT', blob: 'BLOB' }[kind]
}

/** The names of all columns as a message has them: key columns first. */
export function columnNames(table: TableShape): string[] {
  const others = table.unique === undefined ? [table.note] : [table.note, table.unique]
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

/** A statement of a program in SQL. */
export function toSql(shape: WorldShape, statement: Statement): string {
  const table = shape.tables[statement.table % shape.tables.length]
  if (table === undefined) throw new RangeError('a world without tables')
  const name = quote(table.name)
  const values = rowValues(table, statement)
  const [note = '', unique] = values.slice(table.key.length)
  const changes = [`${quote(table.note)} = ${note}`]
  if (table.unique !== undefined && unique !== undefined) {
    changes.push(`${quote(table.unique)} = ${unique}`)
  }
  const insert = `INTO ${name} (${columnNames(table).join(', ')}) VALUES (${values.join(', ')})`
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
      return `UPDATE ${name} SET ${[...keyChanges(table, statement.otherKey), changes[0]].join(', ')} WHERE ${isKey}`
  }
}

function rowValues(table: TableShape, { key, serial, value }: Statement): string[] {
  const note = `'${'запись '.repeat(serial % 3)}${serial}'`
  const values = [...keyValues(table, key), note]
  return table.unique === undefined ? values : [...values, String(value)]
}

function keyNames(table: TableShape): string[] {
  return table.key.map(({ name }) => quote(name))
}

function keyChanges(table: TableShape, number: number): string[] {
  const values = keyValues(table, number)
  return keyNames(table).map((name, index) => `${name} = ${values[index] ?? 'NULL'}`)
}

function whereKey(table: TableShape, number: number): string {
  return keyChanges(table, number).join(' AND ')
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
