import { after } from 'node:test'

import pg from 'pg'

import { type PostgresServer, startServer } from './postgres-server.ts'

let starting: Promise<PostgresServer> | undefined

/** A server for the tests of one file, or of all files that share a process; it is shut down after them. */
export function startPostgres(): Promise<PostgresServer> {
  starting ??= start()
  return starting
}

async function start(): Promise<PostgresServer> {
  const server = await startServer()
  after(() => server.stop())
  return server
}

/** The rows of a query, each value as PostgreSQL writes it. */
export async function readRows(pool: pg.Pool, query: string): Promise<string[][]> {
  const { rows } = await pool.query<string[]>({
    text: query,
    rowMode: 'array',
    types: { getTypeParser: () => (text: string) => text },
  })
  return rows.map((row) => row.map(String))
}

/** A new role that may what an owner of tables in the pool's database may, and what connects as it. */
export async function openRole(
  t: { after(work: () => Promise<void>): void },
  pool: pg.Pool,
  role: string,
): Promise<pg.Pool> {
  const [[database = ''] = []] = await readRows(pool, 'SELECT current_database()')
  await pool.query(
    `DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN; GRANT CREATE, USAGE ON SCHEMA public TO ${role}; GRANT CREATE ON DATABASE ${database} TO ${role}`,
  )
  const server = await startPostgres()
  const own = new pg.Pool({ ...server.settings(database), user: role })
  t.after(async () => {
    await own.end()
    await pool.query(`DROP SCHEMA obmen_exchange CASCADE; DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
  return own
}
