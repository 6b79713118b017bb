import type { KnownError } from '../errors/known-error.ts'
import { findNearest } from '../errors/nearest-key.ts'

/** A name of the configuration that is none in the database: what it may be a misspelling of, and what there is to choose from. */
export interface LikelyName {
  readonly nearest: string | undefined
  readonly known: readonly string[]
}

/** What the user may have meant by a table or a column that is not there; `undefined` where something else is wrong. */
export function findLikelyName(
  error: KnownError & { readonly code: 'RULE_INVALID' | 'TABLE_UNKNOWN' },
): LikelyName | undefined {
  if (error.code === 'TABLE_UNKNOWN') return likely(error.table, error.known)
  const { fault, table } = error
  switch (fault.kind) {
    case 'table-unknown':
      return likely(table, fault.known)
    case 'column-unknown':
      return likely(fault.column, fault.known)
    case 'refused': {
      const column = UNKNOWN_COLUMN.exec(fault.words)?.groups?.['column']
      return column === undefined ? undefined : likely(column, fault.columns)
    }
    default:
      return undefined
  }
}

/** So many names are told; of more, the configuration's author looks into the database. */
const MOST_NAMES = 20

/** The names that there are, as many as anybody reads. */
export function listNames(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMES).join(', ')
  return names.length > MOST_NAMES ? `${first}, …` : first
}

/** As SQLite and PostgreSQL say it, with or without the name of the table before it. */
const UNKNOWN_COLUMN =
  /^(?:no such column: |column )"?(?:[^".]+\.)?(?<column>[^".]+?)"?(?: does not exist)?$/

function likely(word: string, known: readonly string[]): LikelyName {
  return { nearest: findNearest(word, known), known }
}
