/**
 * The part of `pg` that this store needs. The application makes the pool, so that no driver is a dependency here. It also listens to the errors of the pool and of
 * each connection: `pg` ends the process for one that nobody listens to, as when the server is started anew. What is done here over that connection rejects all the same.
 *
 * @example
 * const pool = new pg.Pool({ … })
 * pool.on('error', () => undefined)
 * pool.on('connect', (client) => client.on('error', () => undefined))
 */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
}

export interface PostgresClient {
  query(query: PostgresQuery): Promise<PostgresResult>
  /** Gives the connection back; with an error it is closed, because nobody knows what state it is in. */
  release(error?: Error | boolean): void
}

export interface PostgresQuery {
  readonly text: string
  readonly values?: unknown[]
  readonly rowMode: 'array'
  readonly types: { getTypeParser(): (text: string) => string }
}

export interface PostgresResult {
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
}

/** What is bound to a parameter: a text that PostgreSQL reads as the type of the place where it stands. */
export type Parameter = string | number | null

/** A row as an array of its columns, each in the form in which PostgreSQL writes it. */
export type SqlRow = readonly (string | null)[]

/** Every value stays the text that it is: a driver that made a Date or a number of it would lose some. */
const AS_TEXT: PostgresQuery['types'] = { getTypeParser: () => (text) => text }

/** A connection, for as long as it is needed. */
export class Connection {
  readonly #client: PostgresClient

  constructor(client: PostgresClient) {
    this.#client = client
  }

  async all(sql: string, ...values: readonly Parameter[]): Promise<SqlRow[]> {
    return (await this.#query(sql, values)).rows.filter(isSqlRow)
  }

  async first(sql: string, ...values: readonly Parameter[]): Promise<SqlRow | undefined> {
    const [row] = await this.all(sql, ...values)
    return row
  }

  /** Runs a statement and tells how many rows it changed. */
  async run(sql: string, ...values: readonly Parameter[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  /** Runs several statements without parameters, in one round trip. */
  async exec(sql: string): Promise<void> {
    await this.#query(sql, [])
  }

  #query(sql: string, values: readonly Parameter[]): Promise<PostgresResult> {
    const query = { text: sql, rowMode: 'array' as const, types: AS_TEXT }
    return this.#client.query(values.length === 0 ? query : { ...query, values: [...values] })
  }
}

function isSqlRow(row: unknown): row is SqlRow {
  return Array.isArray(row)
}

/**
 * What every transaction of ours sets for itself, so that a value has one form, whatever the settings of the server, the
 * database and the role are. In these forms PostgreSQL reads back exactly what it wrote. Our statements are short: to compile each of
 * them anew, as servers do whose plans look dear, takes longer than to run it. And what a fold sorts, some hundred thousand keys, stays in memory: the 4 MB that
 * servers grant as they come are half of that. Types that came with an extension are compared by their own operators, also where the role does not look for names in their
 * schema: PostgreSQL would take those of the type below for `citext`, and none for `ltree`. And a
 * row that a policy hides from the role is not to be taken for one that is gone: PostgreSQL refuses to read its table then. Time limits are for the
 * programs that a role is shared with: a first load takes as long as it takes.
 */
export const SETTINGS = `
  SET LOCAL DateStyle = 'ISO, YMD';
  SET LOCAL IntervalStyle = 'postgres';
  SET LOCAL TimeZone = 'UTC';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL bytea_output = 'hex';
  SET LOCAL lc_monetary = 'C';
  SET LOCAL jit = off;
  SET LOCAL row_security = off;
  SELECT set_config('work_mem', '32MB', true) WHERE pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('32MB');
  SELECT set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), string_agg(DISTINCT quote_ident(nspname), ', ')), true)
    FROM pg_catalog.pg_opclass JOIN pg_catalog.pg_namespace n ON n.oid = opcnamespace WHERE nspname <> 'pg_catalog';
  SELECT set_config('transaction_timeout', '0', true) WHERE current_setting('transaction_timeout', true) IS NOT NULL;
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0`

/** How a transaction begins. */
export type Beginning = 'READ COMMITTED' | 'REPEATABLE READ, READ ONLY'

/** Does the work in one transaction: all of it or, when it throws, nothing. */
export async function inTransaction<Result>(
  pool: PostgresPool,
  beginning: Beginning,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  const connection = new Connection(client)
  try {
    await connection.exec(`BEGIN ISOLATION LEVEL ${beginning};${SETTINGS}`)
    const result = await work(connection)
    await connection.exec('COMMIT')
    client.release()
    return result
  } catch (error) {
    client.release(await rollBack(connection))
    throw error
  }
}

/** Rolls back what is open. Gives an error when that was not possible: then the connection is of no more use. */
export async function rollBack(connection: Connection): Promise<Error | undefined> {
  try {
    await connection.exec('ROLLBACK')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** A column that holds a whole number of ours, always below 2^53. */
export function toNumber(value: string | null | undefined): number {
  return Number(value ?? 0)
}

/** A column that holds a text of ours. */
export function toText(value: string | null | undefined): string {
  return value ?? ''
}

/** A column that holds a boolean, in the form in which PostgreSQL writes it. */
export function toBoolean(value: string | null | undefined): boolean {
  return value === 't'
}

/** A name as SQL takes it, whatever it consists of. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as SQL takes it. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** An array of texts as a parameter. Nearly always no text in it needs a backslash, which is found out for all of them at once. */
export function toArray(values: readonly (string | null)[]): string {
  if (values.length === 0) return '{}'
  if (/["\\]/.test(values.join('\n'))) return `{${values.map(toElement).join(',')}}`
  if (!values.includes(null)) return `{"${values.join('","')}"}`
  let array = ''
  for (const value of values) array += value === null ? ',NULL' : `,"${value}"`
  return `{${array.slice(1)}}`
}

function toElement(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/**
 * The classes of SQLSTATE by which PostgreSQL refuses a row, as opposed to being unable to work: a value of the wrong form or
 * size, a constraint, the check option of a view, an exception of the application's own function; and of class 54 an index entry
 * that is too long.
 */
export const REFUSALS: RegExp = /^(?:22|23|44)...$|^P0001$|^54000$|^428C9$/

/** Whether the database refused a row. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSALS.test(sqlStateOf(error))
}

function sqlStateOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Whether the role may not do what it was asked to. */
export function isNotPermitted(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error) === '42501'
}

/** Whether PostgreSQL does not do what it was asked to in this place. */
export function isNotSupported(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error) === '0A000'
}

/** Whether a lock was not had in the time that was set for it. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error) === '55P03'
}

/** Whether a statement names what is not there, or is none: class 42 of SQLSTATE. */
export function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error).startsWith('42')
}
