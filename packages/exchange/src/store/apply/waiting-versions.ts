import { compareVersions, type RowVersion } from '../../plan/row-version.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { formatKey } from './row-text.ts'
import type { Arrival } from './row-writer.ts'

/** A row of which something may wait. */
export type Waiter = Pick<Arrival, 'target' | 'row'>

/** The versions of the rows that wait since earlier messages. They are read when somebody asks, and once. */
export class WaitingVersions {
  readonly #database: ApplyDatabase
  #versions: ReadonlyMap<string, RowVersion> | undefined

  constructor(database: ApplyDatabase) {
    this.#database = database
  }

  async of({ target, row }: Waiter): Promise<RowVersion | undefined> {
    this.#versions ??= await this.#read()
    return this.#versions.get(nameOf(target.line.table, formatKey(target.line, row)))
  }

  /** Whether what waits is no newer than the row, which is no longer this node's share. */
  async leaveWith(departure: Waiter): Promise<boolean> {
    const waiting = await this.of(departure)
    return waiting !== undefined && compareVersions(waiting, departure.row) <= 0
  }

  async #read(): Promise<ReadonlyMap<string, RowVersion>> {
    const rows = await this.#database.waitingRows()
    return new Map(
      rows.map(({ table, key, row: { stamp, origin } }) => {
        return [nameOf(table.table, key), { stamp, origin }]
      }),
    )
  }
}

function nameOf(table: string, key: string): string {
  return JSON.stringify([table, key])
}
