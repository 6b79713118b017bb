import type { ConflictRecord } from '@obmen/exchange'
import { ConflictUnknown } from '@obmen/exchange/errors'

import { EXIT } from '../errors/exit-code.ts'
import { ValueInvalid } from '../errors/value-error.ts'
import type { Command } from './command.ts'
import { formatConflict, reportConflict } from './conflict-report.ts'
import { siteOf } from './configuration.ts'
import { conflictsShowHelp } from './conflicts-help.ts'

/** Shows a conflict with both versions. */
export const conflictsShowCommand: Command = {
  name: 'conflicts show',
  help: conflictsShowHelp,
  arguments: ['ID'],
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options } = invocation
    const id = readId(invocation.arguments[0] ?? '')
    await using site = await siteOf(invocation)
    const record = findConflict(await site.store.conflicts(), id)
    io.out(
      options.isSet('json')
        ? `${JSON.stringify(reportConflict(record))}\n`
        : formatConflict(record, invocation),
    )
    return EXIT.ok
  },
}

/** Throws {@link ConflictUnknown}. */
export function findConflict(records: readonly ConflictRecord[], id: number): ConflictRecord {
  const found = records.find((record) => record.id === id)
  if (found === undefined) throw new ConflictUnknown(id)
  return found
}

/** The number of a conflict as it is typed. Throws {@link ValueInvalid}. */
export function readId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new ValueInvalid({ text, expected: 'count', example: '7' })
  return Number(text)
}
