import type { Bookkeeping, BookkeepingValue } from '../bookkeeping.ts'
import type { Connection, Parameter } from './postgres-database.ts'

const TABLES: Bookkeeping['tables'] = {
  nodes: 'obmen_exchange.nodes',
  conflicts: 'obmen_exchange.conflicts',
  differences: 'obmen_exchange.differences',
  refused: 'obmen_exchange.refused',
  refusedThere: 'obmen_exchange.refused_there',
  keyBlocks: 'obmen_exchange.key_blocks',
  keyReports: 'obmen_exchange.key_reports',
}

/** The tables that Obmen keeps in a PostgreSQL database. */
export function bookkeepingOf(connection: Connection): Bookkeeping {
  return {
    tables: TABLES,
    all: (sql, ...values) => connection.all(toPostgres(sql), ...values.map(toParameter)),
    run: (sql, ...values) => connection.run(toPostgres(sql), ...values.map(toParameter)),
  }
}

function toPostgres(sql: string): string {
  return sql.replaceAll('?', '$')
}

function toParameter(value: BookkeepingValue): Parameter {
  return typeof value === 'boolean' ? String(value) : value
}
