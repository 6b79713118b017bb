import type { NodeCode } from '../../plan/node-code.ts'
import { compareVersions, type RowVersion } from '../../plan/row-version.ts'
import type { ApplyDatabase } from './apply-database.ts'
import { formatKey } from './row-text.ts'
import type { Arrival } from './row-writer.ts'

/** A row of which something may wait. */
export type Waiter = Pick<Arrival, 'target' | 'row'>

/** What waits of a row. */
interface WaitingVersion extends RowVersion {
  readonly isDeparture: boolean
  readonly via: NodeCode
}

/** The versions of the rows that wait since earlier messages. They are read when somebody asks, and once. */
export class WaitingVersions {
  readonly #database: ApplyDatabase
  #versions: ReadonlyMap<string, WaitingVersion> | undefined
  #hasDepartures = false

  constructor(database: ApplyDatabase) {
    this.#database = database
  }

  async of({ target, row }: Waiter): Promise<WaitingVersion | undefined> {
    const versions = await this.#all()
    if (versions.size === 0) return undefined
    return versions.get(nameOf(target.line.table, formatKey(target.line, row)))
  }

  /** Whether any row waits to go because it left the share. */
  async hasDepartures(): Promise<boolean> {
    await this.#all()
    return this.#hasDepartures
  }

  /** Whether the row waits to go because this sender said that it left the share. */
  async isLeaving(arrival: Waiter, sender: NodeCode): Promise<boolean> {
    const waiting = await this.of(arrival)
    return waiting !== undefined && waiting.isDeparture && waiting.via === sender
  }

  /** Whether what waits is no newer than the row, which is no longer this node's share. */
  async leaveWith(departure: Waiter): Promise<boolean> {
    const waiting = await this.of(departure)
    return waiting !== undefined && compareVersions(waiting, departure.row) <= 0
  }

  async #all(): Promise<ReadonlyMap<string, WaitingVersion>> {
    this.#versions ??= await this.#read()
    return this.#versions
  }

  async #read(): Promise<ReadonlyMap<string, WaitingVersion>> {
    const rows = await this.#database.waitingRows()
    this.#hasDepartures = rows.some(({ row }) => row.kind === 'departure')
    return new Map(
      rows.map(({ table, key, via, row: { kind, stamp, origin } }) => {
        return [nameOf(table.table, key), { stamp, origin, via, isDeparture: kind === 'departure' }]
      }),
    )
  }
}

function nameOf(table: string, key: string): string {
  return JSON.stringify([table, key])
}
