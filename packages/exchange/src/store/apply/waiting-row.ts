import { BodyLineReader } from '../../message/body-line-reader.ts'
import {
  formatRowLine,
  formatTableLine,
  isRowLine,
  type RowLine,
  type TableLine,
} from '../../message/body-lines.ts'
import type { NodeCode } from '../../plan/node-code.ts'
import { base64 } from '../../platform/base64.ts'

/** A row that this database refused, and that waits until it fits. */
export interface WaitingRow {
  readonly table: TableLine
  /** The key as JSON. */
  readonly key: string
  readonly row: RowLine
  /** The node that it came from. */
  readonly via: NodeCode
  /** Why the database refused it, in its words. */
  readonly reason: string
  /** The row under the same key as it was here then, as JSON; `undefined` when there was none. */
  readonly ours: string | undefined
}

/** The columns of the sender and the row, as in a message: the form in which a row waits. */
export interface WaitingLines {
  readonly tableLine: string
  readonly rowLine: string
}

export function formatWaiting({ table, row }: WaitingRow): WaitingLines {
  return { tableLine: formatTableLine(table), rowLine: formatRowLine(row, table, base64) }
}

export function parseWaiting(kept: WaitingLines): Pick<WaitingRow, 'table' | 'row'> {
  const lines = new BodyLineReader(base64)
  const table = lines.read(kept.tableLine)
  const row = lines.read(kept.rowLine)
  if (table.kind !== 'table' || !isRowLine(row)) {
    throw new TypeError('a refused row was not kept as it came')
  }
  return { table, row }
}
