/** How a store says that the table of a message does not take part here. */
export const TABLE_NOT_IN_PLAN = 'it is not in the plan here'

/** The options of `obmen init` that leave tables out, as a shell takes them: `--except log --except 'my log'`. */
export function exceptOptions(tables: readonly string[]): string {
  const quoted = tables.map((table) => {
    return /^[\p{L}\p{N}_.-]+$/u.test(table)
      ? table
      : `'${table.replaceAll("'", String.raw`'\''`)}'`
  })
  return quoted.map((table) => `--except ${table}`).join(' ')
}
