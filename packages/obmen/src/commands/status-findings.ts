import { formatTable } from '../output/table.ts'
import type { Invocation } from './command.ts'
import { commandLine } from './configuration.ts'
import type { Status } from './status.ts'

/** So many rows of each node are shown; the others are in the JSON. */
const MAX_ROWS_SHOWN = 10

/** What keeps nodes from being in step, a paragraph each: letters that have not left, why nothing is exchanged, rows that they could not take, tables that differ. */
export function formatFindings(status: Status, invocation: Invocation): readonly string[] {
  return [
    formatUndelivered(status, invocation),
    ...status.nodes.map((node) => formatStop(node, invocation)),
    ...status.setAsideThere.map((there) => formatSetAside(there, invocation)),
    ...status.differences.map((difference) => formatDifference(difference, invocation)),
  ]
}

/** A message has its number from when it is written on: who reads that number would take it for one that has left. */
function formatUndelivered({ nodes }: Status, invocation: Invocation): string {
  const { findings } = invocation.messages
  const waiting = nodes.filter(({ undeliveredMessages, stopped }) => {
    return undeliveredMessages > 0 && stopped === null
  })
  if (waiting.length === 0) return ''
  const count = waiting.reduce((sum, { undeliveredMessages }) => sum + undeliveredMessages, 0)
  const codes = waiting.map(({ node }) => node)
  const hint = findings.undeliveredHint(commandLine(invocation, 'exchange'))
  return `${findings.undelivered(count, codes)}\n${hint}\n`
}

function formatStop({ node, stopped }: Status['nodes'][number], invocation: Invocation): string {
  if (stopped === null) return ''
  const { findings } = invocation.messages
  const stop = { twice: stopped.twice, since: Date.parse(stopped.since) }
  const command = commandLine(invocation, `node restart ${node}`)
  return `${findings.stopped(node, stop)}\n${findings.stoppedHint(command)}\n`
}

function formatSetAside(
  { node, rowCount, rows, toldAt }: Status['setAsideThere'][number],
  { messages }: Invocation,
): string {
  const { findings, status } = messages
  const shown = rows.slice(0, MAX_ROWS_SHOWN)
  const titles = [status.tableTitle(), status.keyTitle(), status.reasonTitle()]
  const table = formatTable(
    titles.map((title) => ({ title })),
    shown.map(({ table: name, key, reason }) => [name, key, reason]),
  )
  const hidden = rowCount - shown.length
  const more = hidden > 0 ? `${findings.andMore(hidden)}\n` : ''
  return `${findings.setAsideThere(node, rowCount, toldAt)}\n${table}${more}`
}

function formatDifference(
  difference: Status['differences'][number],
  invocation: Invocation,
): string {
  const { findings } = invocation.messages
  const { node } = difference
  const command = commandLine(invocation, `node restart ${node}`)
  return `${findings.difference(node, difference)}\n${findings.differenceHint(command)}\n`
}
