import { after } from 'node:test'

import type pg from 'pg'

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

/** The name of a pool's database: files that share a server have numbered ones. */
export async function nameOf(pool: pg.Pool): Promise<string> {
  const [[name = ''] = []] = await readRows(pool, 'SELECT current_database()')
  return name
}
