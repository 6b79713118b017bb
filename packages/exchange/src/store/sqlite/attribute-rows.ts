/** The attributes of nodes as rows of `obmen_attribute`. */
import type { NodeAttributes } from '../../plan/node-attributes.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import { Query, type SqliteDatabase, toText } from './sqlite-database.ts'

export function readAttributes(database: SqliteDatabase, node: NodeCode): NodeAttributes {
  const rows = new Query(
    database,
    'SELECT name, value FROM obmen_attribute WHERE node = ? ORDER BY name',
  ).all(node)
  return new Map(rows.map(([name, value]) => [toText(name), toText(value)]))
}

/** Writes all attributes of a node; those that are not named go. */
export function writeAttributes(
  database: SqliteDatabase,
  node: NodeCode,
  attributes: NodeAttributes,
): void {
  new Query(database, 'DELETE FROM obmen_attribute WHERE node = ?').run(node)
  const insert = new Query(database, 'INSERT INTO obmen_attribute VALUES (?, ?, ?)')
  for (const [name, value] of attributes) insert.run(node, name, value)
}
