import type { RowLine, TableLine } from '../../message/body-lines.ts'
import type { Value } from '../../message/values.ts'
import {
  childrenQuery,
  describeForeignKey,
  type ForeignKey,
  parentConditions,
} from './foreign-keys.ts'
import type { RuledTable } from './ruled-table.ts'
import { Query, type SqliteDatabase, toNumber } from './sqlite-database.ts'

/** What a table refers to and is referred to by, for rows in a sender's columns. */
export class References {
  readonly #reasons: readonly string[]
  readonly #parents: Query | undefined
  readonly #children: Query | undefined
  /** A condition over the parameters of a row, `?1` for its first column: its parents are there. Empty when it can't have any. */
  readonly parents: string

  constructor(
    database: SqliteDatabase,
    options: {
      readonly table: RuledTable
      readonly line: TableLine
      readonly foreignKeys: readonly ForeignKey[]
    },
  ) {
    const { table, line, foreignKeys } = options
    const parameters = new Map(line.columns.map(({ name }, index) => [name, `?${index + 1}`]))
    const conditions = parentConditions(table, foreignKeys, (column) => parameters.get(column))
    this.parents = conditions.map(({ sql }) => sql).join(' AND ')
    this.#reasons = conditions.map(({ key }) => describeForeignKey(key))
    const cases = conditions.map(({ sql }, index) => `WHEN NOT ${sql} THEN ${index}`)
    // The last parameter is named too, so that a whole row can be bound.
    this.#parents =
      conditions.length === 0
        ? undefined
        : new Query(
            database,
            `SELECT CASE ${cases.join(' ')} WHEN ?${line.columns.length} IS NULL THEN NULL END`,
          )
    const children = childrenQuery(table, foreignKeys)
    this.#children = children === undefined ? undefined : new Query(database, children)
  }

  get isParent(): boolean {
    return this.#children !== undefined
  }

  /** Why the row can't be written, when one of its parents is not here. */
  missingParent({ kind, values }: RowLine): string | undefined {
    if (this.#parents === undefined || kind !== 'row') return undefined
    const [index = null] = this.#parents.first(...values) ?? []
    return index === null ? undefined : this.#reasons[toNumber(index)]
  }

  isReferredTo(key: readonly Value[]): boolean {
    return this.#children?.first(...key) !== undefined
  }
}
