/** The attributes of nodes as rows of `obmen_exchange.attributes`. */
import type { NodeAttributes } from '../../plan/node-attributes.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import { type Connection, toArray, toText } from './postgres-database.ts'

export async function readAttributes(
  connection: Connection,
  node: NodeCode,
): Promise<NodeAttributes> {
  const rows = await connection.all(
    'SELECT name, value FROM obmen_exchange.attributes WHERE node = $1 ORDER BY name COLLATE "C"',
    node,
  )
  return new Map(rows.map(([name, value]) => [toText(name), toText(value)]))
}

/** Writes all attributes of a node; those that are not named go. */
export async function writeAttributes(
  connection: Connection,
  node: NodeCode,
  attributes: NodeAttributes,
): Promise<void> {
  await connection.run('DELETE FROM obmen_exchange.attributes WHERE node = $1', node)
  await connection.run(
    `INSERT INTO obmen_exchange.attributes
     SELECT $1, name, value FROM unnest($2::text[], $3::text[]) a (name, value)`,
    node,
    toArray([...attributes.keys()]),
    toArray([...attributes.values()]),
  )
}
