import { formatFacts, formatTable, type TableColumn } from '../output/table.ts'
import type { Invocation } from './command.ts'
import { commandLine, shownPath } from './configuration.ts'
import { noteOnHeadOffice } from './head-office.ts'
import { formatFindings } from './status-findings.ts'
import type { NodeStatus, Status } from './status.ts'

/** The newest of these fit on a screen with everything else; all of them are in the JSON. */
const MAX_ROWS_SHOWN = 10

/** The status for people. */
export function formatStatus(status: Status, invocation: Invocation): string {
  const { messages } = invocation
  const parts = [
    formatFacts([
      [messages.status.plan(), status.plan],
      [messages.status.thisNode(), status.node],
      ...factsOfMain(status, invocation),
      [messages.status.database(), shownPath(invocation, status.database)],
      [messages.status.address(), status.address],
    ]),
    status.nodes.length === 0
      ? `${messages.node.none(commandLine(invocation, 'node add CODE'))}\n`
      : formatNodes(status.nodes, invocation),
    status.refusedRows.length + status.conflicts.length === 0
      ? formatRefused(status, invocation) + formatConflicts(status, invocation)
      : `${formatRefused(status, invocation)}\n${formatConflicts(status, invocation)}`,
    ...formatFindings(status, invocation),
    formatUnsent(status, invocation),
    formatKeyBlocks(status, invocation),
    formatChecksums(status, invocation),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function factsOfMain(
  { main, node, nodes }: Status,
  { messages }: Invocation,
): readonly (readonly [string, string])[] {
  if (main === null) return []
  const note = noteOnHeadOffice(main, [node, ...nodes.map((other) => other.node)], messages)
  return [[messages.status.mainNode(), note ?? main]]
}

function formatNodes(nodes: readonly NodeStatus[], { messages }: Invocation): string {
  const { node, status, format } = messages
  const numbers: readonly TableColumn[] = [
    node.sentNo(),
    node.acknowledgedNo(),
    node.receivedNo(),
    status.waiting(),
  ].map((title) => ({ title, align: 'right' }))
  return formatTable(
    [{ title: node.title() }, ...numbers, { title: node.unacknowledged() }],
    nodes.map((report) => [
      report.node,
      ...[report.sentNo, report.acknowledgedNo, report.receivedNo].map(format.number),
      format.number(report.waitingRows),
      formatUnacknowledged(report, messages),
    ]),
  )
}

function formatUnacknowledged(
  { unacknowledgedMessages, unacknowledgedRows, oldestUnacknowledged }: NodeStatus,
  { format }: Invocation['messages'],
): string {
  if (oldestUnacknowledged === null) return '–'
  const since = format.moment(Date.parse(oldestUnacknowledged))
  return `${format.messages(unacknowledgedMessages)}, ${format.rows(unacknowledgedRows)} (${since})`
}

function formatRefused({ refusedRows }: Status, { messages }: Invocation): string {
  const { status, format } = messages
  if (refusedRows.length === 0) return `${status.refusedRows(0)}\n`
  const table = formatTable(
    [
      status.tableTitle(),
      status.keyTitle(),
      status.nodeTitle(),
      status.momentTitle(),
      status.reasonTitle(),
    ].map((title) => ({ title })),
    newest(refusedRows).map(({ table, key, node, reason, refusedAt }) => {
      return [table, key, node, format.moment(refusedAt), reason]
    }),
  )
  return `${status.refusedRows(refusedRows.length)}\n${table}${more(refusedRows, messages)}`
}

function formatUnsent({ unsentRows }: Status, { messages }: Invocation): string {
  const { status, format } = messages
  if (unsentRows.length === 0) return ''
  const titles = [
    status.tableTitle(),
    status.keyTitle(),
    status.momentTitle(),
    status.reasonTitle(),
  ]
  const table = formatTable(
    titles.map((title) => ({ title })),
    newest(unsentRows).map(({ table, key, reason, setAsideAt }) => {
      return [table, key, format.moment(setAsideAt), status.unsentReason(reason)]
    }),
  )
  return `${status.unsentRows(unsentRows.length)}\n${table}${more(unsentRows, messages)}`
}

function formatConflicts({ conflicts }: Status, { messages }: Invocation): string {
  const { status, format } = messages
  if (conflicts.length === 0) return `${status.conflicts(0, 0)}\n`
  const table = formatTable(
    [
      status.tableTitle(),
      status.keyTitle(),
      status.nodeTitle(),
      status.momentTitle(),
      status.winnerTitle(),
    ].map((title) => ({ title })),
    newest(conflicts).map(({ table, key, node, winner, decidedAt }) => {
      return [table, key, node, format.moment(decidedAt), status.winner(winner)]
    }),
  )
  const open = conflicts.filter(({ isOpen }) => isOpen).length
  return `${status.conflicts(conflicts.length, open)}\n${table}${more(conflicts, messages)}`
}

function formatKeyBlocks({ keyBlocks }: Status, { messages }: Invocation): string {
  if (keyBlocks.length === 0) return ''
  const { status, format } = messages
  const table = formatTable(
    [
      { title: status.tableTitle() },
      { title: status.nodeTitle() },
      { title: status.blockTitle(), align: 'right' },
      { title: status.keysLeftTitle(), align: 'right' },
      { title: '' },
    ],
    keyBlocks.map((state) => {
      const { table, node, block, left, isShort } = state
      const range = block === undefined ? '–' : `${block.first}–${block.last}`
      return [table, node, range, format.number(left), isShort ? status.keyWarning(state) : '']
    }),
  )
  return `${status.keyBlocks()}\n${table}`
}

function formatChecksums({ checksums }: Status, { messages }: Invocation): string {
  if (checksums === undefined) return ''
  const { status, format } = messages
  return formatTable(
    [
      { title: status.tableTitle() },
      { title: status.rowsTitle(), align: 'right' },
      { title: status.checksumTitle() },
    ],
    checksums.map(({ table, rowCount, sha256 }) => [table, format.number(rowCount), sha256]),
  )
}

function newest<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.slice(-MAX_ROWS_SHOWN).toReversed()
}

function more(rows: readonly unknown[], { status }: Invocation['messages']): string {
  const hidden = rows.length - MAX_ROWS_SHOWN
  return hidden > 0 ? `${status.more(hidden)}\n` : ''
}
