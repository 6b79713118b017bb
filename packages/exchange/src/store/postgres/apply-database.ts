import type { TableLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { PlanRules } from '../../plan/plan-rules.ts'
import type { ApplyDatabase, Closing } from '../apply/apply-database.ts'
import type { TableTarget } from '../apply/table-target.ts'
import type { WaitingRow } from '../apply/waiting-row.ts'
import type { StoredConflict } from '../apply/resolve-conflict.ts'
import type { Bookkeeping } from '../bookkeeping.ts'
import type { NewConflict } from '../change-store.ts'
import { SchemaMismatch } from '../errors.ts'
import { bookkeepingOf } from './bookkeeping.ts'
import { checkLater, checkNow, circularKeys } from './circular-keys.ts'
import { APPLYING } from './capture.ts'
import {
  closeConflict,
  limitConflicts,
  readStoredConflict,
  writeConflict,
} from '../conflict-rows.ts'
import { type Connection, quoteText } from './postgres-database.ts'
import { type ForeignKey, readForeignKeys } from './foreign-keys.ts'
import { readForgottenStamp } from './meta.ts'
import type { RuledTable } from './ruled-table.ts'
import { enterMode, SuspendedTriggers, type TriggerMode } from './suspended-triggers.ts'
import { PostgresTableTarget } from './table-target.ts'
import { forgetWaiting, keepWaiting, readWaiting } from './waiting-rows.ts'

/** Where rows are applied, and how the application's triggers are treated. */
export interface ApplyDatabaseOptions {
  readonly tables: readonly RuledTable[]
  readonly thisNode: NodeCode
  readonly rules: PlanRules
  readonly triggers: 'suspended' | 'fire'
}

/**
 * Each batch looks up some hundred rows by their keys. Where PostgreSQL knows little of a table, it would read the whole table
 * for each of them instead.
 */
const BY_INDEX = 'SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off'

/** The tables of a PostgreSQL database while a message is applied to them. */
export class PostgresApplyDatabase implements ApplyDatabase {
  /** A batch is some round trips and as much planning, whatever is in it. What comes at once has its own limit, in octets. */
  readonly batchRows = 4000
  readonly #connection: Connection
  readonly #bookkeeping: Bookkeeping
  readonly #tables: ReadonlyMap<string, RuledTable>
  readonly #thisNode: NodeCode
  readonly #mode: TriggerMode
  #foreignKeys: readonly ForeignKey[] | undefined
  readonly #triggers: SuspendedTriggers
  /** The tables that the rows of this message, and those that wait, go to. */
  readonly #reached = new Set<number>()

  private constructor(connection: Connection, options: ApplyDatabaseOptions, mode: TriggerMode) {
    this.#connection = connection
    this.#bookkeeping = bookkeepingOf(connection)
    this.#tables = new Map(options.tables.map((table) => [table.name, table]))
    this.#thisNode = options.thisNode
    this.#mode = mode
    this.#foreignKeys = options.rules.foreignKeys === 'ignored' ? [] : undefined
    this.#triggers = new SuspendedTriggers(connection)
  }

  /** From here to {@link finish} nothing that is written directly in this transaction is registered. */
  static async begin(
    connection: Connection,
    options: ApplyDatabaseOptions,
  ): Promise<PostgresApplyDatabase> {
    const mode = await enterMode(connection, options.triggers, options.tables)
    await connection.exec(`SELECT set_config(${quoteText(APPLYING)}, 'on', true); ${BY_INDEX}`)
    return new PostgresApplyDatabase(connection, options, mode)
  }

  async targetFor(line: TableLine): Promise<TableTarget> {
    const table = this.#tables.get(line.table)
    if (table === undefined) throw new SchemaMismatch(line.table, { kind: 'not-in-plan' })
    this.#reached.add(table.oid)
    if (this.#mode === 'disabled') await this.#triggers.suspend(table)
    this.#foreignKeys ??= await readForeignKeys(this.#connection)
    const foreignKeys = this.#foreignKeys
    const mayTakeOut = this.#mode === 'replica' || !(await this.#isReferred(table))
    return new PostgresTableTarget(this.#connection, {
      table,
      line,
      thisNode: this.#thisNode,
      foreignKeys,
      firesTriggers: this.#mode === 'fire',
      locksParents: this.#mode === 'replica',
      mayTakeOut,
    })
  }

  leftOut(table: string): ReadonlySet<string> {
    return this.#tables.get(table)?.leaveOut ?? new Set()
  }

  async #isReferred(table: RuledTable): Promise<boolean> {
    const constraint = await this.#connection.first(
      `SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = $1::bigint::oid LIMIT 1`,
      table.oid,
    )
    return constraint !== undefined
  }

  async tentatively(work: () => Promise<boolean>): Promise<void> {
    await this.#connection.exec('SAVEPOINT obmen_try')
    const keys =
      this.#mode === 'replica' ? [] : circularKeys(this.#foreignKeys ?? [], this.#reached)
    const isLater = keys.length > 0 && (await checkLater(this.#connection, keys))
    const stays = await work()
    if (!stays) await this.#connection.exec('ROLLBACK TO SAVEPOINT obmen_try')
    else if (isLater) await checkNow(this.#connection, keys)
    await this.#connection.exec('RELEASE SAVEPOINT obmen_try')
  }

  waitingRows(): Promise<readonly WaitingRow[]> {
    return readWaiting(this.#connection)
  }

  keepWaiting(waiting: WaitingRow, nowMs: number): Promise<void> {
    return keepWaiting(this.#connection, waiting, nowMs)
  }

  async forgetWaiting(table: string, key: string): Promise<void> {
    await forgetWaiting(this.#connection, table, key)
  }

  keepConflict(conflict: NewConflict): Promise<void> {
    return writeConflict(this.#bookkeeping, conflict)
  }

  forgottenStamp(): Promise<number> {
    return readForgottenStamp(this.#connection)
  }

  conflict(id: number): Promise<StoredConflict | undefined> {
    return readStoredConflict(this.#bookkeeping, id)
  }

  closeConflict(id: number, closing: Closing): Promise<void> {
    return closeConflict(this.#bookkeeping, id, closing)
  }

  async finish(): Promise<void> {
    await limitConflicts(this.#bookkeeping)
    await this.#triggers.restore()
    await this.#connection.exec(`SELECT set_config(${quoteText(APPLYING)}, '', true)`)
  }
}
