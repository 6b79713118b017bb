/** The PostgreSQL server of this process, and the databases that a world has made there. */
import type { DatabaseKind } from '../world/shape.ts'
import { BlockingServer } from './blocking-server.ts'
import type { ServerAddress } from './questions.ts'

interface Run {
  readonly server: BlockingServer
  /** To make and drop databases. */
  readonly admin: number
  readonly databases: Set<string>
  /** What new databases are made from: its clock is that of its session's site. */
  readonly template: string
  /** How a database is copied: other ways than one came with PostgreSQL 15. */
  readonly strategy: string
}

let run: Run | undefined
let count = 0

/** From now on worlds may have nodes in PostgreSQL. Does nothing when the process has a server. */
export function useServer(address: ServerAddress): void {
  if (run !== undefined) return
  const server = new BlockingServer(address)
  const admin = server.connect('postgres')
  const template = `world_${process.pid}`
  const [version] = server.query(admin, 'SHOW server_version_num')
  const strategy = Number(version?.rows[0]?.[0]) < 150_000 ? '' : 'STRATEGY FILE_COPY'
  server.query(admin, `CREATE DATABASE ${template} TEMPLATE template0 ${strategy}`)
  server.query(admin, `CREATE ROLE ${OWNER} LOGIN`)
  const connection = server.connect(template)
  server.query(connection, CLOCK)
  server.end(connection)
  run = { server, admin, databases: new Set(), template, strategy }
}

/** Gives the number of the connection. */
export function connectAs(role: Role, database: string): number {
  return theRun().server.connect(database, role === 'owner' ? OWNER : undefined)
}

export function runServer(): BlockingServer {
  return theRun().server
}

/** As whom a site works with its database. */
export type Role = 'superuser' | 'owner'

/** A superuser lets foreign keys and triggers rest while it applies a message; others may not. */
export function roleOf(kind: DatabaseKind): Role {
  return kind === 'postgres' ? 'superuser' : 'owner'
}

const OWNER = `world_owner_${process.pid}`

/** Copies a database that nobody is connected to; without one, makes an empty one. Gives its name. */
export function copyDatabase({
  from,
  role,
}: {
  readonly from?: string
  readonly role: Role
}): string {
  const { server, admin, template, strategy, databases } = theRun()
  count += 1
  const name = `${template}_${count}`
  const owner = role === 'owner' ? `OWNER ${OWNER}` : ''
  server.query(admin, `CREATE DATABASE ${name} ${owner} TEMPLATE ${from ?? template} ${strategy}`)
  databases.add(name)
  return name
}

/** Whoever is still connected to one of them, because its world did not come to its end, is cut off. */
export function dropDatabases(): void {
  if (run === undefined) return
  for (const name of run.databases)
    run.server.query(run.admin, `DROP DATABASE ${name} WITH (FORCE)`)
  run.databases.clear()
}

function theRun(): Run {
  if (run === undefined) throw new Error('a world with PostgreSQL needs a server')
  return run
}

/**
 * The triggers of the exchange ask `pg_catalog` for the time of the statement. In the databases of worlds another function has that name: it
 * gives what the session was told. Half a millisecond more, or what is not exact would be rounded to the millisecond before.
 */
const CLOCK = `
  ALTER FUNCTION pg_catalog.statement_timestamp() RENAME TO real_statement_timestamp;
  CREATE FUNCTION pg_catalog.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT 'epoch'::timestamptz + (current_setting('simulation.now_ms')::float8 + 0.5) * interval '1 millisecond' $$`
