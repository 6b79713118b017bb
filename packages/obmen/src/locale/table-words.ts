import type { SchemaMismatch } from '@obmen/exchange/errors'

/** Whether nothing is wrong but that one table of a message does not take part here. */
export function isOnlyOutsidePlan({ differences }: SchemaMismatch): boolean {
  return differences.length === 1 && differences[0]?.what.kind === 'not-in-plan'
}

/** The options of `obmen init` that leave tables out, as a shell takes them: `--except log --except 'my log'`. */
export function exceptOptions(tables: readonly string[]): string {
  const quoted = tables.map((table) => {
    return /^[\p{L}\p{N}_.-]+$/u.test(table)
      ? table
      : `'${table.replaceAll("'", String.raw`'\''`)}'`
  })
  return quoted.map((table) => `--except ${table}`).join(' ')
}
