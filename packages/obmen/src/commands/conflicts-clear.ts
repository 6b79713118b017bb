import { EXIT } from '../errors/exit-code.ts'
import { UsageError } from '../errors/usage-error.ts'
import { ValueInvalid } from '../errors/value-error.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { conflictsClearHelp } from './conflicts-help.ts'

/** Puts the records of decided conflicts away. */
export const conflictsClearCommand: Command = {
  name: 'conflicts clear',
  help: conflictsClearHelp,
  arguments: [],
  options: {
    before: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(invocation) {
    const { io, options, messages } = invocation
    const beforeMs = readMoment(options.text('before'))
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    const count = await site.store.transaction((transaction) => {
      return transaction.clearConflicts(beforeMs)
    })
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ cleared: count, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { conflicts, general } = messages
    io.out(`${isDryRun ? conflicts.wouldBeCleared(count) : conflicts.cleared(count)}\n`)
    if (isDryRun) io.out(`${general.nothingChanged()}\n`)
    return EXIT.ok
  },
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$/

/** A day begins at midnight where the program runs. Throws {@link ValueInvalid}. */
function readMoment(text: string | undefined): number {
  if (text === undefined) {
    const { name: command } = conflictsClearCommand
    throw new UsageError({ kind: 'options-missing', options: ['--before'] }, { command })
  }
  const ms = Date.parse(text.length === 10 ? `${text}T00:00` : text)
  if (!MOMENT.test(text) || Number.isNaN(ms)) {
    throw new ValueInvalid({ text, expected: 'date', example: '2026-09-01' })
  }
  return ms
}
