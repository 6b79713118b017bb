import { EXIT } from '../errors/exit-code.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { refusedRetryHelp } from './refused-help.ts'

/** Tries to write all rows that the database refused. */
export const refusedRetryCommand: Command = {
  name: 'refused retry',
  help: refusedRetryHelp,
  arguments: [],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    const { applied, outdated, refused } = await site.store.transaction(async (transaction) => {
      await transaction.fold()
      return transaction.retryRefused(io.now())
    })
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ applied, outdated, refused, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    io.out(`${messages.refused.retried({ applied, outdated, refused })}\n`)
    if (isDryRun) io.out(`${messages.general.nothingChanged()}\n`)
    return EXIT.ok
  },
}
