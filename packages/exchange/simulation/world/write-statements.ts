import type { RowId } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import type { MadeKey } from '../site/table-reader.ts'
import { givesKey, isCounted } from './counted-rows.ts'
import { databaseOf, tableNumber, type TableShape, type WorldShape } from './shape.ts'
import type { Step } from './step.ts'
import { tableOf } from './tables.ts'
import { WorldFailure } from './world-failure.ts'

type Write = Step & { readonly kind: 'write' }

/**
 * Does what a program does, in one transaction. A statement that the database refuses has no effect. The model sees the tables after
 * each of them: a row that came and went within the transaction was changed all the same. Gives the keys that the database has counted.
 */
export function writeStatements(shape: WorldShape, site: Site, step: Write): readonly MadeKey[] {
  const { reader } = site
  const { program } = site.database
  const keys: MadeKey[] = []
  const hasTruncate = databaseOf(shape, site.node) !== 'sqlite'
  const seen: { readonly rows: ReadonlyMap<RowId, string>; readonly isTruncate: boolean }[] = []
  const truncated = new Set<number>()
  let before: ReadonlyMap<RowId, string> = site.model.present
  program.begin()
  for (const statement of step.statements) {
    const outcome = program.run(statement)
    if (outcome === 'ended') return []
    const table = tableOf(shape, statement)
    if (outcome === 'done' && isCounted(table) && givesKey(statement)) {
      keys.push(reader.lastKey(table, site.plan.thisNode))
    }
    const isTruncate = hasTruncate && outcome === 'done' && statement.verb === 'empty'
    if (isTruncate) truncated.add(statement.table % shape.tables.length)
    const rows = reader.rows()
    checkTriggers(shape, before, rows)
    before = rows
    seen.push({ rows, isTruncate })
  }
  if (!program.end(step.ends)) return []
  for (const { rows, isTruncate } of seen) {
    site.model.write(rows, { atMs: site.nowMs, isTruncate })
  }
  noteTruncated(shape, site, truncated)
  return keys
}

/** The exchange lets triggers of the application rest while it applies a message, and only then: what a program writes, they make another row. */
function checkTriggers(
  { tables }: WorldShape,
  before: ReadonlyMap<RowId, string>,
  after: ReadonlyMap<RowId, string>,
): void {
  if (tables.every(({ hasTrigger }) => hasTrigger !== true)) return
  for (const [id, text] of after) {
    const table = tables[tableNumber(id)]
    if (table?.hasTrigger !== true) continue
    const note = noteOf(table, text)
    if (note === noteOf(table, before.get(id)) || note.startsWith('!')) continue
    throw new WorldFailure('triggers of the application are at work for its programs', text)
  }
}

function noteOf({ key }: TableShape, text: string | undefined): string {
  const values: unknown = text === undefined ? [] : JSON.parse(text)
  return Array.isArray(values) ? String(values[key.length]) : ''
}

/** What refers to a table is emptied with it. */
function noteTruncated(
  { tables }: WorldShape,
  { model }: Site,
  truncated: ReadonlySet<number>,
): void {
  for (const table of truncated) model.truncated.add(table)
  // Parents stand before their children.
  for (const [number, { parent }] of tables.entries()) {
    if (parent !== undefined && model.truncated.has(parent)) model.truncated.add(number)
  }
}
