import type { ConflictRecord } from '@obmen/exchange'

import { formatFacts, formatTable } from '../output/table.ts'
import type { Invocation } from './command.ts'
import { valuesOnRecord } from './values-on-record.ts'

/** What is told of a conflict in JSON. Names and units stay the same in every language and version. */
export interface ConflictReport {
  readonly id: number
  readonly table: string
  readonly key: string
  readonly node: string
  readonly columns: readonly string[]
  readonly winner: ConflictRecord['winner']
  readonly policy: ConflictRecord['policy']
  readonly isOpen: boolean
  /** The values of the row as it was here, in the order of `columns`; `null`: deleted. */
  readonly ours: unknown
  readonly theirs: unknown
  /** As ISO 8601. */
  readonly decidedAt: string
}

export function reportConflict({ ours, theirs, ...conflict }: ConflictRecord): ConflictReport {
  return {
    ...conflict,
    ours: valuesOnRecord(ours),
    theirs: valuesOnRecord(theirs),
    decidedAt: new Date(conflict.decidedAt).toISOString(),
  }
}

/** Conflicts for people, a line each. */
export function formatConflictList(
  records: readonly ConflictRecord[],
  { messages }: Invocation,
): string {
  const { conflicts, status, format } = messages
  const titles = [
    status.tableTitle(),
    status.keyTitle(),
    status.nodeTitle(),
    status.momentTitle(),
    conflicts.decidedByTitle(),
    status.winnerTitle(),
  ]
  return formatTable(
    [{ title: conflicts.idTitle(), align: 'right' }, ...titles.map((title) => ({ title }))],
    records.map(({ id, table, key, node, decidedAt, policy, isOpen, winner }) => {
      const decidedBy = isOpen ? conflicts.open() : conflicts.policy(policy)
      return [
        format.number(id),
        table,
        key,
        node,
        format.moment(decidedAt),
        decidedBy,
        status.winner(winner),
      ]
    }),
  )
}

/** A conflict for people, column by column. */
export function formatConflict(record: ConflictRecord, { messages }: Invocation): string {
  const { conflicts, status, format } = messages
  const { table, key, node, decidedAt, policy, isOpen, winner, columns } = record
  const facts = formatFacts([
    [status.tableTitle(), table],
    [status.keyTitle(), key],
    [status.nodeTitle(), node],
    [status.momentTitle(), format.moment(decidedAt)],
    [conflicts.decidedByTitle(), isOpen ? conflicts.open() : conflicts.policy(policy)],
    [status.winnerTitle(), status.winner(winner)],
  ])
  const [ours, theirs] = [record.ours, record.theirs].map((text) => {
    return text === undefined ? undefined : valuesOf(text)
  })
  const cell = (values: readonly string[] | undefined, index: number): string =>
    values === undefined ? conflicts.deleted() : (values[index] ?? '')
  const rows = formatTable(
    [conflicts.columnTitle(), conflicts.oursTitle(), conflicts.theirsTitle()].map((title) => ({
      title,
    })),
    columns.map((column, index) => [column, cell(ours, index), cell(theirs, index)]),
  )
  return `${facts}\n${rows}`
}

/** The values of a version, each as JSON. */
function valuesOf(text: string): readonly string[] {
  const values: unknown = JSON.parse(text)
  return Array.isArray(values) ? values.map((value: unknown) => JSON.stringify(value)) : []
}
