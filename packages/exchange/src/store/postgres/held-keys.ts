/** Keys of rows that a node has, as statements about its share ask for them. */
import type { RowLine } from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import type { Connection } from './postgres-database.ts'
import { writeRefusing } from './refusing.ts'
import { numbered, rowsFrom, RowTexts, writeColumn } from './row-batch.ts'
import type { UserColumn } from './user-table.ts'

export class HeldKeys {
  /** A list of expressions for a key. */
  readonly values: string
  /** Where keys are read from. A key that its columns would keep in another form is none of a row here, and is left out. */
  readonly from: string
  readonly #texts: RowTexts
  readonly #width: number

  constructor(key: readonly UserColumn[]) {
    const checks = key.flatMap(({ codec, declared }, index) => {
      return codec.isExact === undefined ? [] : [codec.isExact(`v.t${index + 1}`, declared)]
    })
    this.values = key.map(writeColumn).join(', ')
    this.from = `${rowsFrom(key.length, 2)} WHERE ${['true', ...checks].join(' AND ')}`
    this.#texts = new RowTexts(key)
    this.#width = key.length
  }

  /**
   * Runs a statement with a node as `$1` and the keys of rows. Those that PostgreSQL does not take are left out: there is no such row here.
   * What is not surely one of these, only PostgreSQL can tell.
   */
  async run(
    connection: Connection,
    { statement, node }: { readonly statement: string; readonly node: NodeCode },
    rows: readonly RowLine[],
  ): Promise<void> {
    const run = async (some: readonly RowLine[]): Promise<void> => {
      if (some.length === 0) return
      await connection.run(statement, node, ...this.#texts.bind(some, this.#width))
    }
    const known = rows.filter(({ kind }) => kind === 'row')
    const areSure = this.#texts.areSure(known, this.#width)
    if (areSure) return run(known)
    const bindable = known.filter((row) => this.#texts.faultOf(row) === undefined)
    await writeRefusing(connection, numbered(bindable), async (some) => {
      await run(some.map(({ row }) => row))
      return new Map()
    })
  }
}
