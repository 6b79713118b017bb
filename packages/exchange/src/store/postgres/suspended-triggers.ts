import type { CapturedTable } from './capture.ts'
import { type Connection, isNotPermitted, quoteName, toArray, toText } from './postgres-database.ts'
import { tableName } from './user-table.ts'

/**
 * How applying a message treats the triggers and foreign keys of the application.
 *
 * `replica`: neither is at work, without a lock (`session_replication_role`, which needs a superuser, or its right granted). Not where values are
 * unique by a constraint that can be deferred.
 * `disabled`: foreign keys are at work; triggers are switched off in the transaction, table by table, which holds back others that write to
 * a table with triggers until the commit. `fire`: both are at work.
 */
export type TriggerMode = 'replica' | 'disabled' | 'fire'

/** Sets what the session may; gives the mode that came of it. Must run in the transaction that applies to the tables. */
export async function enterMode(
  connection: Connection,
  wanted: 'suspended' | 'fire',
  tables: readonly CapturedTable[],
): Promise<TriggerMode> {
  const mayBeReplica = wanted === 'suspended' && !(await haveDeferrable(connection, tables))
  if (mayBeReplica && (await becomeReplica(connection))) return 'replica'
  // A constraint that is only looked at by the commit would refuse the whole message, not the row.
  await connection.exec('SET CONSTRAINTS ALL IMMEDIATE')
  return wanted === 'fire' ? 'fire' : 'disabled'
}

/** Whether values are unique by a constraint that can be deferred: PostgreSQL looks at it by a trigger, so a replica would take a value twice. */
async function haveDeferrable(
  connection: Connection,
  tables: readonly CapturedTable[],
): Promise<boolean> {
  const constraint = await connection.first(
    `SELECT 1 FROM unnest($1::oid[]) t (oid), pg_constraint c
      WHERE c.contype IN ('p', 'u', 'x') AND c.condeferrable
        AND (c.conrelid = t.oid OR c.conrelid IN (SELECT relid FROM pg_partition_tree(t.oid))) LIMIT 1`,
    toArray(tables.map(({ oid }) => String(oid))),
  )
  return constraint !== undefined
}

async function becomeReplica(connection: Connection): Promise<boolean> {
  await connection.exec('SAVEPOINT obmen_replica')
  try {
    await connection.exec('SET LOCAL session_replication_role = replica')
    await connection.exec('RELEASE SAVEPOINT obmen_replica')
    return true
  } catch (error) {
    if (!isNotPermitted(error)) throw error
    await connection.exec('ROLLBACK TO SAVEPOINT obmen_replica; RELEASE SAVEPOINT obmen_replica')
    return false
  }
}

/** The application's triggers that were switched off in this transaction. */
export class SuspendedTriggers {
  readonly #connection: Connection
  readonly #seen = new Set<number>()
  readonly #restore: string[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Switches the triggers of a table off that would fire. A table without any is not touched, and so not locked. */
  async suspend(table: CapturedTable): Promise<void> {
    if (this.#seen.has(table.oid)) return
    this.#seen.add(table.oid)
    const triggers = await this.#connection.all(
      `SELECT t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = $1::bigint::oid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
          AND p.pronamespace <> 'obmen_exchange'::regnamespace`,
      table.oid,
    )
    const target = tableName(table)
    for (const [name, enabled] of triggers) {
      const trigger = quoteName(toText(name))
      await this.#connection.exec(`ALTER TABLE ${target} DISABLE TRIGGER ${trigger}`)
      const how = enabled === 'A' ? 'ENABLE ALWAYS' : 'ENABLE'
      this.#restore.push(`ALTER TABLE ${target} ${how} TRIGGER ${trigger}`)
    }
  }

  async restore(): Promise<void> {
    if (this.#restore.length > 0) await this.#connection.exec(this.#restore.join('; '))
  }
}
