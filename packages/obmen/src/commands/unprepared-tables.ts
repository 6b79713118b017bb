import type { Site } from '../site/open-site.ts'
import type { Invocation } from './command.ts'
import { commandLine } from './configuration.ts'

/** Names the tables that the configuration includes and that are not exchanged yet, if there are any. */
export async function warnOfUnprepared(
  invocation: Invocation,
  { config, database }: Site,
): Promise<void> {
  const tables = await database.unpreparedTables(config.tables)
  if (tables.length === 0) return
  const { io, messages } = invocation
  io.err(`${messages.general.unprepared(tables, commandLine(invocation, 'init'))}\n`)
}
