import type { Connection } from './postgres-database.ts'

/** What initdb makes has smaller numbers; only a superuser changes it. */
const FIRST_OF_USERS = 16_384

/** Catalogs by which tables, columns, the sequences of keys and capture are told, and what of them is not PostgreSQL's own. */
const CATALOGS = [
  ['pg_namespace', 'true'],
  ['pg_class', `oid >= ${FIRST_OF_USERS}`],
  ['pg_attribute', `attrelid >= ${FIRST_OF_USERS}`],
  ['pg_type', `oid >= ${FIRST_OF_USERS}`],
  ['pg_collation', `oid >= ${FIRST_OF_USERS}`],
  ['pg_index', `indrelid >= ${FIRST_OF_USERS}`],
  ['pg_constraint', `conrelid >= ${FIRST_OF_USERS}`],
  ['pg_inherits', 'true'],
  ['pg_trigger', `tgrelid >= ${FIRST_OF_USERS}`],
  ['pg_proc', `oid >= ${FIRST_OF_USERS}`],
  ['pg_sequence', `seqrelid >= ${FIRST_OF_USERS}`],
  [
    'pg_depend',
    // Which column a sequence belongs to.
    `classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
       AND objid IN (SELECT seqrelid FROM pg_sequence WHERE seqrelid >= ${FIRST_OF_USERS})`,
  ],
  ['obmen_exchange.tables', 'true'],
] as const

/** A row of a catalog that is changed is another row at another place, made by another transaction. */
const VERSION = `
  SELECT count(*)::text || ' ' || coalesce(sum(hashtextextended(concat_ws(' ', place, xmin, ctid), 0)), 0)::text
    FROM (${CATALOGS.map(([name, isOurs]) => `SELECT '${name}' AS place, xmin, ctid FROM ${name} WHERE ${isOurs}`).join(' UNION ALL ')}) v`

/**
 * A text that is another one whenever a table, a column, a trigger or a partition may be another one: one statement, where reading all of them takes
 * several, and their preparation.
 */
export async function readCatalogVersion(connection: Connection): Promise<string> {
  const [version] = (await connection.first(VERSION)) ?? []
  return version ?? ''
}
