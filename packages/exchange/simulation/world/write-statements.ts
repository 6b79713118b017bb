import type { RowId } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import type { MadeKey } from '../site/table-reader.ts'
import { givesKey, isCounted } from './counted-rows.ts'
import type { WorldShape } from './shape.ts'
import type { Step } from './step.ts'
import { tableOf, toSql } from './tables.ts'

type Write = Step & { readonly kind: 'write' }

/**
 * Does what a program does, in one transaction. A statement that the database refuses has no effect. The model sees the tables after
 * each of them: a row that came and went within the transaction was changed all the same. Gives the keys that the database has counted.
 */
export function writeStatements(shape: WorldShape, site: Site, step: Write): readonly MadeKey[] {
  const { database } = site
  // The program keeps its foreign keys, and the exchange works on the same connection without them.
  const keepsKeys = shape.tables.some(({ parent }) => parent !== undefined)
  if (keepsKeys) database.exec('PRAGMA foreign_keys = ON')
  try {
    return writeTransaction(shape, site, step)
  } finally {
    if (keepsKeys) database.exec('PRAGMA foreign_keys = OFF')
  }
}

function writeTransaction(shape: WorldShape, site: Site, step: Write): readonly MadeKey[] {
  const { database, reader } = site
  const keys: MadeKey[] = []
  const seen: ReadonlyMap<RowId, string>[] = []
  database.exec('BEGIN IMMEDIATE')
  for (const statement of step.statements) {
    try {
      database.exec(toSql(shape, statement, site.node))
      const table = tableOf(shape, statement)
      if (isCounted(table) && givesKey(statement)) {
        keys.push(reader.lastKey(table, site.plan.thisNode))
      }
    } catch (error) {
      if (!isRefused(error)) throw error
      // A disk that is full ends the whole transaction.
      if (!database.isTransaction) return []
    }
    seen.push(reader.rows())
  }
  try {
    database.exec(step.ends === 'commit' ? 'COMMIT' : 'ROLLBACK')
  } catch (error) {
    if (!isRefused(error)) throw error
    if (database.isTransaction) database.exec('ROLLBACK')
    return []
  }
  if (step.ends === 'rollback') return []
  for (const rows of seen) site.model.write(rows, site.nowMs)
  return keys
}

const SQLITE_FULL = 13
const SQLITE_CONSTRAINT = 19

function isRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const code = Number(error.errcode) & 0xff
  return code === SQLITE_FULL || code === SQLITE_CONSTRAINT
}
