import type { Column, TableLine } from '../../message/body-lines.ts'
import { doTypesAgree } from '../../message/type-agreement.ts'
import { type SchemaDifference, SchemaMismatch } from '../errors.ts'

/**
 * Compares the columns that a sender names with ours; throws {@link SchemaMismatch} with all differences. Columns that are here and
 * not there keep their values; the other way round there would be no place for them. In a column of a type that does not agree a
 * value would become another one, and with another collation other keys would be the same row.
 */
export function checkColumns(ours: TableLine, theirs: TableLine): void {
  const { table } = ours
  const differences = differencesOf(ours, theirs).map((what) => ({ table, what }))
  const mismatch = SchemaMismatch.ofAll(differences)
  if (mismatch !== undefined) throw mismatch
}

function differencesOf(ours: TableLine, theirs: TableLine): SchemaDifference[] {
  const ourKey = keyNamesOf(ours)
  const theirKey = keyNamesOf(theirs)
  const here = new Map(ours.columns.map((column) => [column.name, column]))
  const missing = theirs.columns.filter(({ name }) => !here.has(name))
  const differences: SchemaDifference[] = []
  if (theirKey.join('\0') !== ourKey.join('\0')) {
    differences.push({ kind: 'key', here: ourKey, there: theirKey })
  } else if (missing.length > 0) {
    differences.push({ kind: 'missing', columns: missing.map(({ name }) => name) })
  }
  for (const their of theirs.columns) {
    const our = here.get(their.name)
    if (our === undefined || doColumnsAgree(our, their)) continue
    const { name: column } = their
    differences.push({ kind: 'column', column, here: formOf(our), there: formOf(their) })
  }
  return differences
}

function keyNamesOf(line: TableLine): string[] {
  return line.columns.slice(0, line.keyLength).map(({ name }) => name)
}

function doColumnsAgree(ours: Column, theirs: Column): boolean {
  return doTypesAgree(ours.type, theirs.type) && ours.collation === theirs.collation
}

/** `text`, or `text COLLATE NOCASE` in a key. */
function formOf({ type, collation }: Column): string {
  return collation === undefined ? type : `${type} COLLATE ${collation}`
}
