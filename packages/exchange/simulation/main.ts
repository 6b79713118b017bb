/** The simulation as a program: `npm run simulate`. */
import './hooks/simulated-disk.ts'

import type { PostgresServer } from '../test/store/postgres/postgres-server.ts'

const { readOptions, USAGE } = await import('./run/options.ts')
const { runOne } = await import('./run/one.ts')
const { runMany } = await import('./run/many.ts')
const { runMutations } = await import('./run/mutations.ts')

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** More than a world with five nodes, a copy of each, and as many of another plan have. */
const CONNECTIONS = 30

const options = readOptions(process.argv.slice(2))
/** What ends the program ends the server; an interrupt of many worlds ends them with a summary first. */
const SIGNALS: readonly NodeJS.Signals[] =
  options.kind === 'many' ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
const server = options.postgres ? await startPostgres() : undefined
try {
  process.exitCode = await run()
} finally {
  await server?.stop()
}

async function startPostgres(): Promise<PostgresServer> {
  const { startServer } = await import('../test/store/postgres/postgres-server.ts')
  const { useServer } = await import('./postgres/run-server.ts')
  const starting = startServer({ connections: CONNECTIONS * Math.max(options.processes, 1) })
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      void starting.then((started) => started.stop()).finally(() => process.exit(1))
    })
  }
  const started = await starting
  if (options.kind === 'one') useServer(started.address)
  return started
}

async function run(): Promise<number> {
  const at = server && { server: server.address }
  switch (options.kind) {
    case 'help':
      print(USAGE)
      return 0
    case 'one':
      return runOne(options, print)
    case 'many':
      return runMany({ ...options, ...at }, print)
    case 'mutations':
      return runMutations({ ...options, ...at }, print)
  }
}
