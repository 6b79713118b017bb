import { openPostgresStore, preparePostgres } from '@obmen/exchange/postgres'

import { planOf } from '../site/plan-of.ts'
import { addPeer, firstStatements } from '../site/prepared-sites.ts'
import type { DatabaseImage } from '../site/site-database.ts'
import { rulesOf } from '../world/rules.ts'
import { databaseOf, peersOf, type WorldShape } from '../world/shape.ts'
import { PostgresDatabase } from './postgres-site.ts'
import { createStatements, toPostgresSql, triggerStatements } from './postgres-tables.ts'
import { copyDatabase, roleOf, runServer } from './run-server.ts'
import { SiteConnections } from './site-connections.ts'

/** The database of a node that has joined the plan, with its first rows, and knows its peers: for one world, which takes it as it is. */
export async function prepareInPostgres(shape: WorldShape, node: number): Promise<DatabaseImage> {
  const role = roleOf(databaseOf(shape, node))
  const database = copyDatabase({ role })
  const connections = new SiteConnections(runServer(), { database, role, nowMs: () => 0 })
  for (const table of shape.tables) {
    const statements = [...createStatements(shape.tables, table, node), ...triggerStatements(table)]
    connections.query(statements.join('; '))
  }
  for (const statement of firstStatements(shape, node)) {
    connections.query(toPostgresSql(shape, statement, node))
  }
  const plan = planOf(shape, node)
  await preparePostgres(connections.pool(), plan, { kind: 'all' })
  const store = await openPostgresStore(connections.pool(), plan, rulesOf(shape, node))
  for (const peer of peersOf(shape, node)) await addPeer(store, shape, peer)
  connections.end()
  return { open: (options) => PostgresDatabase.open(database, options) }
}
