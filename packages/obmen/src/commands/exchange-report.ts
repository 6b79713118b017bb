import type { NodeExchange } from '@obmen/exchange'

import { type ExitCode, worstExitCode } from '../errors/exit-code.ts'
import { knowError, type KnownError } from '../errors/known-error.ts'
import { toErrorJson } from '../output/error-json.ts'
import { formatTable, type TableColumn } from '../output/table.ts'
import type { Invocation } from './command.ts'

/** Tells what an exchange did, a line for each node. The exit code is that of the worst error. */
export function reportExchange(
  invocation: Invocation,
  results: readonly NodeExchange[],
  spoolFolder: string,
): ExitCode {
  const know = (error: Error): KnownError => knowError(error, spoolFolder)
  const { io, options } = invocation
  io.out(
    options.isSet('json')
      ? formatJson(invocation, results, know)
      : formatResults(invocation, results),
  )
  if (results.some(({ received }) => received !== undefined && received.refused > 0)) {
    io.err(`${invocation.messages.exchange.refusedHint()}\n`)
  }
  const ignored = results.reduce((sum, { received }) => sum + (received?.ignored ?? 0), 0)
  if (ignored > 0) io.err(`${invocation.messages.exchange.ignored(ignored)}\n`)
  return worstExitCode(results.flatMap(({ errors }) => errors.map(know)))
}

function formatResults({ messages }: Invocation, results: readonly NodeExchange[]): string {
  const { exchange, format } = messages
  const numbers: readonly TableColumn[] = [
    exchange.receivedTitle(),
    exchange.appliedTitle(),
    exchange.conflictsTitle(),
    exchange.refusedTitle(),
    exchange.sentTitle(),
    exchange.rowsTitle(),
    exchange.sizeTitle(),
  ].map((title) => ({ title, align: 'right' }))
  return formatTable(
    [{ title: exchange.nodeTitle() }, ...numbers, { title: exchange.resultTitle() }],
    results.map(({ node, received, sent, errors }) => [
      node,
      ...[received?.messages, received?.applied, received?.conflicts, received?.refused].map(
        (count) => (count === undefined ? '–' : format.number(count)),
      ),
      ...[sent?.messages, sent?.rows].map((count) => {
        return count === undefined ? '–' : format.number(count)
      }),
      sent === undefined ? '–' : format.size(sent.octets),
      errors.length === 0 ? exchange.inStep() : exchange.failed(),
    ]),
  )
}

function formatJson(
  { messages }: Invocation,
  results: readonly NodeExchange[],
  know: (error: Error) => KnownError,
): string {
  const nodes = results.map(({ node, received, sent, errors }) => ({
    node,
    received: received ?? null,
    sent: sent ?? null,
    errors: errors.map((error) => {
      const known = know(error)
      return toErrorJson(known, messages.errorText(known))
    }),
  }))
  return `${JSON.stringify({ nodes })}\n`
}
