import { EXIT } from '../errors/exit-code.ts'
import type { Command } from './command.ts'
import { formatConflictList, reportConflict } from './conflict-report.ts'
import { siteOf } from './configuration.ts'
import { conflictsListHelp } from './conflicts-help.ts'

/** Lists the conflicts on record. */
export const conflictsListCommand: Command = {
  name: 'conflicts list',
  help: conflictsListHelp,
  arguments: [],
  options: { open: { type: 'boolean' }, table: { type: 'string' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    await using site = await siteOf(invocation)
    const table = options.text('table')
    const records = (await site.store.conflicts()).filter((record) => {
      return (
        (table === undefined || record.table === table) && (record.isOpen || !options.isSet('open'))
      )
    })
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ conflicts: records.map(reportConflict) })}\n`)
    } else if (records.length === 0) {
      io.out(`${messages.conflicts.none()}\n`)
    } else {
      io.out(formatConflictList(records, invocation))
    }
    return EXIT.ok
  },
}
