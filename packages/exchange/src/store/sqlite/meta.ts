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

export function writeHeadSeq(database: SqliteDatabase, headSeq: number): void {
  new Query(database, `UPDATE obmen_meta SET value = ? WHERE name = 'seq'`).run(BigInt(headSeq))
}
