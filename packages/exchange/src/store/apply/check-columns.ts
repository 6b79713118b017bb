import type { Column, TableLine } from '../../message/body-lines.ts'
import { doTypesAgree } from '../../message/type-agreement.ts'
import { SchemaMismatch } from '../errors.ts'

/**
 * Compares the columns that a sender names with ours; throws {@link SchemaMismatch}. Columns that are here and not there keep
 * their values; the other way round there would be no place for them. In a column of a type that does not agree a value would become
 * another one, and with another collation other keys would be the same row.
 */
export function checkColumns(ours: TableLine, theirs: TableLine): void {
  const ourKey = keyNamesOf(ours)
  const theirKey = keyNamesOf(theirs)
  if (theirKey.join('\0') !== ourKey.join('\0')) {
    throw new SchemaMismatch(
      ours.table,
      `its primary key is (${ourKey.join(', ')}) here and (${theirKey.join(', ')}) at the sender`,
    )
  }
  const here = new Map(ours.columns.map((column) => [column.name, column]))
  const missing = theirs.columns.filter(({ name }) => !here.has(name))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => JSON.stringify(name)).join(', ')
    throw new SchemaMismatch(ours.table, `the sender has ${names}, which is missing here`)
  }
  for (const their of theirs.columns) {
    const our = here.get(their.name)
    if (our === undefined || doColumnsAgree(our, their)) continue
    const name = JSON.stringify(their.name)
    const difference = `column ${name} is ${formOf(our)} here and ${formOf(their)} at the sender`
    throw new SchemaMismatch(ours.table, difference)
  }
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
