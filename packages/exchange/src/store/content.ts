/** What every database is prepared with: which tables take part, and in which order. */
import { TableUnknown, TableWithoutPrimaryKey } from './errors.ts'

/** Which tables take part: all of them, all but some, or these. */
export type PlanContent =
  | { readonly kind: 'all' }
  | { readonly kind: 'except'; readonly tables: readonly string[] }
  | { readonly kind: 'only'; readonly tables: readonly string[] }

/** What preparing a database did. */
export interface Preparation {
  readonly tables: readonly PreparedTable[]
  /** Tables that took part before and do no more. Should one come back, every row of it counts as possibly changed. */
  readonly removed: readonly string[]
}

export interface PreparedTable {
  readonly table: string
  readonly rowCount: number
  /** `present`: nothing had to be done; `repaired`: its triggers were made anew and every row counts as changed. */
  readonly kind: 'added' | 'repaired' | 'present'
}

/** A table as far as these functions have to know it. */
interface NamedTable {
  readonly name: string
  readonly key: readonly unknown[]
  readonly parents: readonly string[]
}

/** The tables that the content includes. Throws {@link TableUnknown}, {@link TableWithoutPrimaryKey}. */
export function chooseTables<Table extends NamedTable>(
  tables: readonly Table[],
  content: PlanContent,
): Table[] {
  const names = tables.map(({ name }) => name)
  const named = content.kind === 'all' ? [] : content.tables
  const unknown = named.find((table) => !names.includes(table))
  if (unknown !== undefined) throw new TableUnknown(unknown, names)
  const chosen = tables.filter(({ name }) => isIncluded(name, content))
  const keyless = chosen.filter(({ key }) => key.length === 0)
  if (keyless.length > 0) throw new TableWithoutPrimaryKey(keyless.map(({ name }) => name))
  return chosen
}

/**
 * Of the tables that are there, those that the content includes and that don't take part yet. Throws {@link TableUnknown} for one that is to take part, and
 * neither is there nor did so before: somebody has misspelt it. One that was dropped is told of by the capture.
 */
export function findUnprepared(
  names: readonly string[],
  prepared: ReadonlySet<string>,
  content: PlanContent,
): readonly string[] {
  const wanted = content.kind === 'only' ? content.tables : []
  const unknown = wanted.find((table) => !names.includes(table) && !prepared.has(table))
  if (unknown !== undefined) throw new TableUnknown(unknown, names)
  return names.filter((name) => !prepared.has(name) && isIncluded(name, content))
}

function isIncluded(name: string, content: PlanContent): boolean {
  return content.kind === 'all' || content.tables.includes(name) === (content.kind === 'only')
}

/** Parents before their children where the foreign keys allow it; tables in a circle come by name. */
export function inOrderOfReferences<Table extends NamedTable>(tables: readonly Table[]): Table[] {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]))
  const ordered = new Set<Table>()
  const underWay = new Set<Table>()
  const place = (table: Table): void => {
    if (ordered.has(table) || underWay.has(table)) return
    underWay.add(table)
    for (const parent of table.parents) {
      const known = byName.get(parent.toLowerCase())
      if (known !== undefined) place(known)
    }
    ordered.add(table)
  }
  for (const table of tables) place(table)
  return [...ordered]
}
