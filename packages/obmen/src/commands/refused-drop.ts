import { EXIT } from '../errors/exit-code.ts'
import { RefusedRowUnknown } from '../errors/site-error.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { refusedDropHelp } from './refused-help.ts'

/** Gives a refused row up. */
export const refusedDropCommand: Command = {
  name: 'refused drop',
  help: refusedDropHelp,
  arguments: ['TABLE', 'KEY'],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const [table = '', key = ''] = invocation.arguments
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    const wasThere = await site.store.transaction((transaction) => {
      return transaction.dropRefused({ table, key })
    })
    if (!wasThere) throw new RefusedRowUnknown(table, key)
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ dropped: { table, key }, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { refused, general } = messages
    io.out(`${isDryRun ? refused.wouldBeDropped(table, key) : refused.dropped(table, key)}\n`)
    if (isDryRun) io.out(`${general.nothingChanged()}\n`)
    return EXIT.ok
  },
}
