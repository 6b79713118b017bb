import { after } from 'node:test'

import { type PostgresServer, startServer } from './postgres-server.ts'

/** Starts a server for the tests of one file; it is shut down after them. */
export async function startPostgres(): Promise<PostgresServer> {
  const server = await startServer()
  after(() => server.stop())
  return server
}
