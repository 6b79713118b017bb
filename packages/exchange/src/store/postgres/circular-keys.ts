/**
 * Foreign keys by which rows may refer to one another in a circle, as a department to its head and the head to the department. Where foreign keys are at work
 * while a message is applied, PostgreSQL refuses the first of such rows, unless it looks at these keys when all of them are there.
 */
import { type Connection, isNotPermitted } from './postgres-database.ts'
import type { ForeignKey } from './foreign-keys.ts'

/** Those among some tables that lead from a table, over other ones or none, back to it. */
export function circularKeys(
  keys: readonly ForeignKey[],
  tables: ReadonlySet<number>,
): readonly ForeignKey[] {
  const among = keys.filter(({ child, parent }) => tables.has(child.oid) && tables.has(parent.oid))
  return among.filter(({ child, parent, constraint }) => {
    return constraint !== undefined && leadsTo(among, parent.oid, child.oid)
  })
}

function leadsTo(keys: readonly ForeignKey[], from: number, to: number): boolean {
  const reached = new Set([from])
  for (const oid of reached) {
    for (const { child, parent } of keys) if (child.oid === oid) reached.add(parent.oid)
  }
  return reached.has(to)
}

/**
 * Has foreign keys looked at later, until {@link checkNow}, those too that are not declared so: for the moment they are, which holds other writers of their
 * tables back as a trigger that is switched off does. Gives whether it may.
 */
export async function checkLater(
  connection: Connection,
  keys: readonly ForeignKey[],
): Promise<boolean> {
  await connection.exec('SAVEPOINT obmen_keys')
  try {
    await connection.exec(
      [...declare(keys, 'DEFERRABLE'), setConstraints(keys, 'DEFERRED')].join('; '),
    )
    await connection.exec('RELEASE SAVEPOINT obmen_keys')
    return true
  } catch (error) {
    if (!isNotPermitted(error)) throw error
    await connection.exec('ROLLBACK TO SAVEPOINT obmen_keys; RELEASE SAVEPOINT obmen_keys')
    return false
  }
}

/** Has them looked at, and leaves them as they were. */
export async function checkNow(connection: Connection, keys: readonly ForeignKey[]): Promise<void> {
  const statements = [setConstraints(keys, 'IMMEDIATE'), ...declare(keys, 'NOT DEFERRABLE')]
  await connection.exec(statements.join('; '))
}

function declare(keys: readonly ForeignKey[], how: 'DEFERRABLE' | 'NOT DEFERRABLE'): string[] {
  return keys
    .filter(({ isDeferrable }) => !isDeferrable)
    .map(({ child, constraint }) => {
      return `ALTER TABLE ${child.sql} ALTER CONSTRAINT ${constraint?.sql ?? ''} ${how}`
    })
}

function setConstraints(keys: readonly ForeignKey[], when: 'DEFERRED' | 'IMMEDIATE'): string {
  const names = keys.flatMap(({ constraint }) => {
    return constraint === undefined ? [] : [`${constraint.schema}.${constraint.sql}`]
  })
  return `SET CONSTRAINTS ${names.join(', ')} ${when}`
}
