import type { RefusedRow } from '@obmen/exchange'

import { valuesOnRecord } from './values-on-record.ts'

/** What is told of a row that the database refused, in JSON. Names and units stay the same in every language and version. */
export interface RefusedReport extends Pick<RefusedRow, 'table' | 'key' | 'node' | 'reason'> {
  /** The line of the message: what happened to the row, its time, who did it, and its values. */
  readonly row: unknown
  /** The values of the row as it was here; `null`: there was none. */
  readonly ours: unknown
  /** As ISO 8601. */
  readonly refusedAt: string
}

export function reportRefused({ row, ours, refusedAt, ...place }: RefusedRow): RefusedReport {
  return {
    ...place,
    row: valuesOnRecord(row),
    ours: valuesOnRecord(ours),
    refusedAt: new Date(refusedAt).toISOString(),
  }
}
