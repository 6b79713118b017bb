/** What `obmen_exchange.meta` says of the database, and the lock that keeps the work of several processes apart. */
import { type ExchangePlan, parsePlanName } from '../../plan/exchange-plan.ts'
import { parseNodeCode } from '../../plan/node-code.ts'
import { type Connection, toNumber, toText } from './postgres-database.ts'
import { SCHEMA_VERSION } from './schema.ts'

/** "obmen", as a number of 64 bits: the advisory lock of this database that is ours. */
const LOCK = 0x6f62_6d65_6e

/**
 * Waits until no other transaction of ours is open in this database, and keeps others out until the commit. Programs of the application are
 * not concerned. Positions of the change index are given out under it, so that they are seen in their order.
 */
export async function lockStore(connection: Connection): Promise<void> {
  await connection.run('SELECT pg_advisory_xact_lock($1::bigint)', LOCK)
}

/** The plan that a database was prepared for, with the schema whose tables take part. */
export interface PreparedPlan extends ExchangePlan {
  readonly schema: string
}

/** `undefined` when the database was not prepared. */
export async function readMeta(connection: Connection): Promise<PreparedPlan | undefined> {
  const [exists] = (await connection.first(`SELECT to_regclass('obmen_exchange.meta')`)) ?? []
  if (exists === undefined || exists === null) return undefined
  const rows = await connection.all('SELECT name, value FROM obmen_exchange.meta')
  const meta = new Map(rows.map(([name, value]) => [toText(name), toText(value)]))
  if (toNumber(meta.get('format')) !== SCHEMA_VERSION) return undefined
  return {
    name: parsePlanName(toText(meta.get('plan'))),
    thisNode: parseNodeCode(toText(meta.get('this_node'))),
    schema: toText(meta.get('schema')),
  }
}

export async function writeMeta(
  connection: Connection,
  name: string,
  value: string,
): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.meta VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    name,
    value,
  )
}

export async function readMetaValue(connection: Connection, name: string): Promise<string> {
  return toText(
    (await connection.first('SELECT value FROM obmen_exchange.meta WHERE name = $1', name))?.[0],
  )
}

/** The greatest stamp of a deletion that was forgotten, in SQL; NULL where none was. */
export const FORGOTTEN_STAMP = `(SELECT value::bigint FROM obmen_exchange.meta WHERE name = 'forgotten')`

/** The same as a number; 0 where none was. */
export async function readForgottenStamp(connection: Connection): Promise<number> {
  return toNumber((await connection.first(`SELECT coalesce(${FORGOTTEN_STAMP}, 0)`))?.[0])
}

/** Remembers that a deletion with this stamp was forgotten. */
export async function writeForgottenStamp(connection: Connection, stamp: number): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.meta VALUES ('forgotten', $1) ON CONFLICT (name) DO UPDATE
       SET value = greatest(excluded.value::bigint, meta.value::bigint)`,
    String(stamp),
  )
}

/** The last position given in the change index. */
export async function readHeadSeq(connection: Connection): Promise<number> {
  return toNumber(await readMetaValue(connection, 'seq'))
}

export async function writeHeadSeq(connection: Connection, headSeq: number): Promise<void> {
  await writeMeta(connection, 'seq', String(headSeq))
}
