/** What `obmen_meta` says of a database. */
import { Query, type SqliteDatabase, toNumber, toText } from './sqlite-database.ts'

export function readMeta(database: SqliteDatabase, name: string): string | undefined {
  const row = new Query(database, 'SELECT value FROM obmen_meta WHERE name = ?').first(name)
  return row && toText(row[0])
}

export function writeMeta(database: SqliteDatabase, name: string, value: string): void {
  new Query(database, 'INSERT OR REPLACE INTO obmen_meta VALUES (?, ?)').run(name, value)
}

/** The last position given in the change index. */
export function readHeadSeq(database: SqliteDatabase): number {
  return toNumber(
    new Query(database, `SELECT value FROM obmen_meta WHERE name = 'seq'`).first()?.[0],
  )
}

/** The greatest stamp of a deletion that was forgotten, in SQL; NULL where none was. */
export const FORGOTTEN_STAMP = `(SELECT CAST(value AS INTEGER) FROM obmen_meta WHERE name = 'forgotten')`

/** The same as a number; 0 where none was. */
export function readForgottenStamp(database: SqliteDatabase): number {
  return toNumber(new Query(database, `SELECT coalesce(${FORGOTTEN_STAMP}, 0)`).first()?.[0])
}

/** Remembers that a deletion with this stamp was forgotten. */
export function writeForgottenStamp(database: SqliteDatabase, stamp: number): void {
  new Query(
    database,
    `INSERT OR REPLACE INTO obmen_meta VALUES ('forgotten', max(?1, coalesce(${FORGOTTEN_STAMP}, 0)))`,
  ).run(BigInt(stamp))
}

export function writeHeadSeq(database: SqliteDatabase, headSeq: number): void {
  new Query(database, `UPDATE obmen_meta SET value = ? WHERE name = 'seq'`).run(BigInt(headSeq))
}
