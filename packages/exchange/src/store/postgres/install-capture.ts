/**
 * Puts log, index and triggers of capture.ts in place, tells whether they are as they should be, and mends them.
 */
import {
  type CapturedTable,
  captureText,
  EVENTS,
  functionBodies,
  functionStatements,
  indexName,
  keyNames,
  logName,
  NOW_MS,
  tableStatements,
  triggerName,
  triggerStatements,
} from './capture.ts'
import { appendAll } from './fold.ts'
import { type Connection, quoteName, toNumber, toText } from './postgres-database.ts'
import { removeShares } from './share.ts'
import { QUOTED_NAME, tableName } from './user-table.ts'

/** Where a table's rows begin in the change index, and whose they are. */
export interface Registration {
  readonly headSeq: number
  readonly origin: string
}

/** What {@link repairCapture} did. */
export interface Repair {
  /** How many rows count as changed. */
  readonly rowCount: number
  /** How many positions of the change index were given out; the fold gives the others. */
  readonly positions: number
}

/**
 * Makes log, index and triggers of a table that joins the plan, and puts every row that is there into the change index
 * after `headSeq`, with the lowest stamp: what was entered before the exchange began gives way to whatever is entered
 * later, anywhere. The triggers come first: making them waits for those who write to the table, and holds back others until the commit,
 * so no change falls in between. Gives the number of rows.
 */
export async function installCapture(
  connection: Connection,
  table: CapturedTable,
  registration: Registration & { readonly stamp?: number },
): Promise<number> {
  const statements = [...tableStatements(table), ...functionStatements(table)]
  await connection.exec(statements.join(';\n'))
  await makeTriggers(connection, table)
  await recordCapture(connection, table)
  const { headSeq, origin, stamp = 0 } = registration
  const keys = keyColumns(table)
  return connection.run(
    `INSERT INTO ${indexName(table)} (${keyNames(table).join(', ')}, seq, stamp, origin, via, gone)
     SELECT ${keys}, $1::bigint + row_number() OVER (ORDER BY ${keys}), $2::bigint, $3, '', false
       FROM ${tableName(table)}`,
    headSeq,
    stamp,
    origin,
  )
}

async function makeTriggers(connection: Connection, table: CapturedTable): Promise<void> {
  const targets = [tableName(table), ...table.partitions]
  const statements = targets.flatMap((target) => triggerStatements(table, target))
  await connection.exec(statements.join(';\n'))
}

/**
 * Makes the triggers anew and appends every row, present or gone, to the log: nobody knows which of them changed while
 * triggers were missing, nor when. So the fold gives each a version just above the one it had. When the primary key itself has
 * changed, nothing of the old index can be kept.
 */
export async function repairCapture(
  connection: Connection,
  table: CapturedTable,
  registration: Registration,
): Promise<Repair> {
  if (!(await isIndexUsable(connection, table))) {
    const stamp = await stampAboveAll(connection, table)
    await removeCapture(connection, table.id)
    const rowCount = await installCapture(connection, table, { ...registration, stamp })
    return { rowCount, positions: rowCount }
  }
  await dropFunctions(connection, table.id)
  const [log = '', replica = ''] = tableStatements(table)
  await connection.exec(
    [`DROP TABLE IF EXISTS ${logName(table)}`, log, replica, ...functionStatements(table)].join(
      ';\n',
    ),
  )
  await makeTriggers(connection, table)
  await recordCapture(connection, table)
  return { rowCount: await appendAll(connection, table), positions: 0 }
}

/** Whether the index that is there was made for the key that the table has. */
async function isIndexUsable(connection: Connection, table: CapturedTable): Promise<boolean> {
  const columns = await connection.all(
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
      WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    indexName(table),
  )
  const keys = columns.filter(([name]) => /^k\d+$/.test(toText(name)))
  const wanted = table.key.map(({ declared }, index) => [`k${index + 1}`, declared])
  return JSON.stringify(keys) === JSON.stringify(wanted) && keys.length > 0
}

/**
 * A stamp above every version that this node has seen of a table whose index can't be kept: with a lower one its rows
 * would lose to what other nodes know already. Zero as long as nothing was exchanged.
 */
async function stampAboveAll(connection: Connection, table: CapturedTable): Promise<number> {
  const hasExchanged = await connection.first(
    'SELECT 1 FROM obmen_exchange.nodes WHERE sent_no > 0 OR received_no > 0',
  )
  if (hasExchanged === undefined) return 0
  const [exists] = (await connection.first('SELECT to_regclass($1)', indexName(table))) ?? []
  const stamp =
    exists === null
      ? `SELECT ${NOW_MS}`
      : `SELECT coalesce(max(stamp), 0) + 1 FROM ${indexName(table)}`
  return toNumber((await connection.first(stamp))?.[0])
}

async function recordCapture(connection: Connection, table: CapturedTable): Promise<void> {
  await connection.run(
    `INSERT INTO obmen_exchange.tables (id, name, capture, partitions) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, capture = excluded.capture, partitions = excluded.partitions`,
    table.id,
    table.name,
    captureText(table),
    JSON.stringify(table.partitions),
  )
}

/**
 * Takes log and triggers of a table away that leaves the plan. The versions of its rows stay: when it comes back, with
 * none its rows would lose to what the other nodes know already. See {@link findFormer}.
 */
export async function retireCapture(connection: Connection, id: number): Promise<void> {
  await dropFunctions(connection, id)
  await connection.exec(`DROP TABLE IF EXISTS ${logName({ id })}`)
  await connection.run(
    `UPDATE obmen_exchange.tables SET capture = '', partitions = '[]' WHERE id = $1`,
    id,
  )
}

/** The number of a table of this name that has left the plan. */
export async function findFormer(
  connection: Connection,
  name: string,
): Promise<number | undefined> {
  const row = await connection.first(
    `SELECT id FROM obmen_exchange.tables WHERE name = $1 AND capture = ''`,
    name,
  )
  return row === undefined ? undefined : toNumber(row[0])
}

/** Takes log, index and triggers away. */
async function removeCapture(connection: Connection, id: number): Promise<void> {
  await removeShares(connection, id)
  await dropFunctions(connection, id)
  await connection.exec(
    `DROP TABLE IF EXISTS ${logName({ id })}; DROP TABLE IF EXISTS ${indexName({ id })}`,
  )
  await connection.run('DELETE FROM obmen_exchange.tables WHERE id = $1', id)
}

/** The triggers go with their functions. */
async function dropFunctions(connection: Connection, id: number): Promise<void> {
  const statements = EVENTS.map(
    (event) => `DROP FUNCTION IF EXISTS obmen_exchange.${event}_${id}() CASCADE`,
  )
  await connection.exec(statements.join(';\n'))
}

function keyColumns(table: CapturedTable): string {
  return table.key.map(({ name }) => quoteName(name)).join(', ')
}

/** `disturbed`: changes may have been missed. `partitioned`: only partitions have come or gone, see {@link adoptPartitions}. */
export type CaptureState = 'intact' | 'partitioned' | 'disturbed'

/** What the database says of our triggers and tables. */
export interface CaptureCatalog {
  /** `schema.table trigger` → how it is enabled. */
  readonly triggers: ReadonlyMap<string, string>
  /** The text of each function of ours. */
  readonly functions: ReadonlyMap<string, string>
  readonly relations: ReadonlySet<string>
  /** What was recorded for each table. */
  readonly recorded: ReadonlyMap<number, { readonly capture: string; readonly partitions: string }>
}

const CATALOG = `
  SELECT 'trigger', ${QUOTED_NAME} || ' ' || t.tgname, t.tgenabled::text, ''
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc p ON p.oid = t.tgfoid
   WHERE p.pronamespace = 'obmen_exchange'::regnamespace
  UNION ALL
  SELECT 'function', proname, prosrc, '' FROM pg_proc WHERE pronamespace = 'obmen_exchange'::regnamespace
  UNION ALL
  SELECT 'relation', 'obmen_exchange.' || relname, '', ''
    FROM pg_class WHERE relnamespace = 'obmen_exchange'::regnamespace AND relkind = 'r'
  UNION ALL
  SELECT 'recorded', id::text, capture, partitions FROM obmen_exchange.tables`

export async function readCaptureCatalog(connection: Connection): Promise<CaptureCatalog> {
  const rows = Map.groupBy(await connection.all(CATALOG), ([kind]) => toText(kind))
  const pairs = (kind: string): [string, string][] => {
    return (rows.get(kind) ?? []).map(([, name, text]) => [toText(name), toText(text)])
  }
  const recorded = rows.get('recorded') ?? []
  return {
    triggers: new Map(pairs('trigger')),
    functions: new Map(pairs('function')),
    relations: new Set(pairs('relation').map(([name]) => name)),
    recorded: new Map(
      recorded.map(([, id, capture, partitions]) => [
        toNumber(id),
        { capture: toText(capture), partitions: toText(partitions) },
      ]),
    ),
  }
}

/** Compares log, index and triggers with what {@link installCapture} makes for a table as it is now. */
export function captureStateOf(table: CapturedTable, catalog: CaptureCatalog): CaptureState {
  const recorded = catalog.recorded.get(table.id)
  const hasTables = catalog.relations.has(logName(table)) && catalog.relations.has(indexName(table))
  const hasFunctions = [...functionBodies(table)].every(
    ([name, text]) => catalog.functions.get(name) === text,
  )
  const hasTriggers = (target: string): boolean =>
    EVENTS.every((event) => catalog.triggers.get(`${target} ${triggerName(table, event)}`) === 'A')
  const isIntact = hasTables && hasFunctions && recorded?.capture === captureText(table)
  if (!isIntact || !hasTriggers(tableName(table))) return 'disturbed'
  const known = parseNames(recorded.partitions)
  if (!known.every((name) => !table.partitions.includes(name) || hasTriggers(name))) {
    return 'disturbed'
  }
  return recorded.partitions === JSON.stringify(table.partitions) ? 'intact' : 'partitioned'
}

function parseNames(json: string): string[] {
  const names: unknown = JSON.parse(json)
  return Array.isArray(names) ? names.map(String) : []
}

/**
 * Takes partitions in that were made or attached since the last look, with all their rows as changed, and looks for rows that went with a
 * partition. Must run under the lock of the store.
 */
export async function adoptPartitions(connection: Connection, table: CapturedTable): Promise<void> {
  const row = await connection.first(
    'SELECT partitions FROM obmen_exchange.tables WHERE id = $1',
    table.id,
  )
  const known = parseNames(toText(row?.[0] ?? '[]'))
  for (const partition of table.partitions.filter((name) => !known.includes(name))) {
    await connection.exec(triggerStatements(table, partition).join(';\n'))
    await connection.run(
      `INSERT INTO ${logName(table)} (${keyNames(table).join(', ')}, at)
       SELECT ${keyColumns(table)}, ${NOW_MS} FROM ${partition}`,
    )
  }
  if (known.some((name) => !table.partitions.includes(name))) {
    await connection.run(`INSERT INTO obmen_exchange.truncated VALUES ($1, ${NOW_MS})`, table.id)
  }
  await recordCapture(connection, table)
}
