import type { TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { ApplyDatabase, Closing } from '../apply/apply-database.ts'
import type { StoredConflict } from '../apply/resolve-conflict.ts'
import type { TableTarget } from '../apply/table-target.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import type { Bookkeeping } from '../bookkeeping.ts'
import type { NewConflict } from '../change-store.ts'
import { SchemaMismatch } from '../errors.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import {
  closeConflict,
  limitConflicts,
  readStoredConflict,
  writeConflict,
} from '../conflict-rows.ts'
import { type ForeignKey, readForeignKeys } from './foreign-keys.ts'
import { readForgottenStamp } from './meta.ts'
import { forgetRefused, keepRefused, readRefused } from './refused-rows.ts'
import type { RuledTable } from './ruled-table.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { SuspendedTriggers } from './suspended-triggers.ts'
import { SqliteTableTarget } from './table-target.ts'

/** Which tables are written to, and by which rules. */
export interface ApplyContent {
  readonly tables: readonly RuledTable[]
  readonly thisNode: NodeCode
  readonly rules: PlanRules
}

/** The tables of a SQLite database while a message is applied to them. */
export class SqliteApplyDatabase implements ApplyDatabase {
  readonly #database: SqliteDatabase
  readonly #bookkeeping: Bookkeeping
  readonly #tables: ReadonlyMap<string, RuledTable>
  readonly #thisNode: NodeCode
  readonly #triggers: SuspendedTriggers
  #foreignKeys: readonly ForeignKey[] | undefined

  constructor(database: SqliteDatabase, content: ApplyContent) {
    this.#database = database
    this.#bookkeeping = bookkeepingOf(database)
    this.#tables = new Map(content.tables.map((table) => [table.name, table]))
    this.#thisNode = content.thisNode
    this.#foreignKeys = content.rules.foreignKeys === 'ignored' ? [] : undefined
    this.#triggers = new SuspendedTriggers(database, content.tables)
  }

  leftOut(table: string): ReadonlySet<string> {
    return this.#tables.get(table)?.leaveOut ?? new Set()
  }

  targetFor(line: TableLine): Promise<TableTarget> {
    const table = this.#tables.get(line.table)
    if (table === undefined) {
      return Promise.reject(new SchemaMismatch(line.table, { kind: 'not-in-plan' }))
    }
    // Before its statements are made: the triggers may call what only the application has.
    const hasTriggers = this.#triggers.suspend(table)
    return new Promise((resolve) => {
      this.#foreignKeys ??= readForeignKeys(this.#database)
      resolve(
        new SqliteTableTarget(this.#database, {
          table,
          line,
          thisNode: this.#thisNode,
          hasTriggers,
          expectRows: (rowCount) => this.#triggers.expectRows(table, rowCount),
          foreignKeys: this.#foreignKeys,
        }),
      )
    })
  }

  async tentatively(work: () => Promise<boolean>): Promise<void> {
    this.#database.exec('SAVEPOINT obmen_try')
    const stays = await work()
    if (!stays) this.#database.exec('ROLLBACK TO obmen_try')
    this.#database.exec('RELEASE obmen_try')
  }

  waitingRows(): Promise<readonly WaitingRow[]> {
    return Promise.resolve(readRefused(this.#database))
  }

  keepWaiting(row: WaitingRow, nowMs: number): Promise<void> {
    return Promise.resolve(keepRefused(this.#database, row, nowMs))
  }

  forgetWaiting(table: string, key: string): Promise<void> {
    forgetRefused(this.#database, table, key)
    return Promise.resolve()
  }

  keepConflict(conflict: NewConflict): Promise<void> {
    return writeConflict(this.#bookkeeping, conflict)
  }

  forgottenStamp(): Promise<number> {
    return Promise.resolve(readForgottenStamp(this.#database))
  }

  conflict(id: number): Promise<StoredConflict | undefined> {
    return readStoredConflict(this.#bookkeeping, id)
  }

  closeConflict(id: number, closing: Closing): Promise<void> {
    return closeConflict(this.#bookkeeping, id, closing)
  }

  async finish(): Promise<void> {
    await limitConflicts(this.#bookkeeping)
    this.#triggers.restore()
  }
}
