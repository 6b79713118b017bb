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

const options = readOptions(process.argv.slice(2))
const server = options.postgres ? await startPostgres() : undefined
try {
  process.exitCode = await run()
} finally {
  await server?.stop()
}

async function startPostgres(): Promise<PostgresServer> {
  const { startServer } = await import('../test/store/postgres/postgres-server.ts')
  const started = await startServer()
  const { useServer } = await import('./postgres/run-server.ts')
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
