import type { DatabaseSync } from 'node:sqlite'

import type { WorldShape } from '../world/shape.ts'
import type { Statement } from '../world/step.ts'
import { quote, toSql } from '../world/tables.ts'
import type { Program } from './site-database.ts'

/** A program on the connection that the exchange works on too: it keeps its foreign keys, and the exchange works without them. */
export class SqliteProgram implements Program {
  readonly #database: DatabaseSync
  readonly #shape: WorldShape
  readonly #node: number
  readonly #keepsKeys: boolean

  constructor(database: DatabaseSync, shape: WorldShape, node: number) {
    this.#database = database
    this.#shape = shape
    this.#node = node
    this.#keepsKeys = shape.tables.some(({ parent }) => parent !== undefined)
  }

  begin(): void {
    if (this.#keepsKeys) this.#database.exec('PRAGMA foreign_keys = ON')
    this.#database.exec('BEGIN IMMEDIATE')
  }

  run(statement: Statement): 'done' | 'refused' | 'ended' {
    try {
      this.#database.exec(toSql(this.#shape, statement, this.#node))
      return 'done'
    } catch (error) {
      if (!isRefused(error)) throw error
      // A disk that is full ends the whole transaction.
      if (this.#database.isTransaction) return 'refused'
      this.#forgetKeys()
      return 'ended'
    }
  }

  end(how: 'commit' | 'rollback'): boolean {
    try {
      this.#database.exec(how === 'commit' ? 'COMMIT' : 'ROLLBACK')
      return how === 'commit'
    } catch (error) {
      if (!isRefused(error)) throw error
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      return false
    } finally {
      this.#forgetKeys()
    }
  }

  empty(table: string): void {
    this.#database.exec(`DELETE FROM ${quote(table)}`)
  }

  #forgetKeys(): void {
    if (this.#keepsKeys) this.#database.exec('PRAGMA foreign_keys = OFF')
  }
}

const SQLITE_FULL = 13
const SQLITE_CONSTRAINT = 19

function isRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const code = Number(error.errcode) & 0xff
  return code === SQLITE_FULL || code === SQLITE_CONSTRAINT
}
