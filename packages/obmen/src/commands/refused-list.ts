import { EXIT } from '../errors/exit-code.ts'
import { formatTable } from '../output/table.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { refusedListHelp } from './refused-help.ts'
import { reportRefused } from './refused-report.ts'

/** Lists the rows that the database refused. */
export const refusedListCommand: Command = {
  name: 'refused list',
  help: refusedListHelp,
  arguments: [],
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    await using site = await siteOf(invocation)
    const rows = await site.store.refusedRows()
    const { refused, status, format } = messages
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ refused: rows.map(reportRefused) })}\n`)
    } else if (rows.length === 0) {
      io.out(`${refused.none()}\n`)
    } else {
      const titles = [
        status.tableTitle(),
        status.keyTitle(),
        status.nodeTitle(),
        status.momentTitle(),
        refused.rowTitle(),
        status.reasonTitle(),
      ]
      io.out(
        formatTable(
          titles.map((title) => ({ title })),
          rows.map(({ table, key, node, refusedAt, row, reason }) => {
            return [table, key, node, format.moment(refusedAt), row, reason]
          }),
        ),
      )
    }
    return EXIT.ok
  },
}
