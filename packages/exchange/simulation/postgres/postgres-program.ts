import type { Program } from '../site/site-database.ts'
import type { WorldShape } from '../world/shape.ts'
import type { Statement } from '../world/step.ts'
import { quote } from '../world/tables.ts'
import { toPostgresSql } from './postgres-tables.ts'
import type { SiteConnections } from './site-connections.ts'

/** A program whose transaction goes on when a statement was refused, thanks to savepoints. */
export class PostgresProgram implements Program {
  readonly #connections: SiteConnections
  readonly #shape: WorldShape
  readonly #node: number

  constructor(connections: SiteConnections, shape: WorldShape, node: number) {
    this.#connections = connections
    this.#shape = shape
    this.#node = node
  }

  begin(): void {
    this.#connections.hold()
    this.#connections.query('BEGIN')
  }

  run(statement: Statement): 'done' | 'refused' {
    const sql = toPostgresSql(this.#shape, statement, this.#node)
    try {
      this.#connections.query(`SAVEPOINT statement; ${sql}; RELEASE statement`)
      return 'done'
    } catch (error) {
      if (!isRefused(error)) throw error
      this.#connections.query('ROLLBACK TO statement; RELEASE statement')
      return 'refused'
    }
  }

  end(how: 'commit' | 'rollback'): boolean {
    try {
      this.#connections.query(how)
      return how === 'commit'
    } catch (error) {
      // A constraint that is looked at last: then everything is rolled back.
      if (!isRefused(error)) throw error
      return false
    } finally {
      this.#connections.letGo()
    }
  }

  empty(table: string): void {
    this.#connections.query(`DELETE FROM ${quote(table)}`)
  }
}

/** A value that a column does not take, a constraint, or TRUNCATE while a constraint is still to be looked at. */
const REFUSALS = /^2[23]|^55006$/

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REFUSALS.test(String(error.code))
}
