import type { Choice, ConflictRecord } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { Command, Invocation } from './command.ts'
import { siteOf } from './configuration.ts'
import { conflictsResolveHelp } from './conflicts-help.ts'
import { findConflict, readId } from './conflicts-show.ts'

const SIDES = ['ours', 'theirs'] as const

/** Writes the chosen version of rows, all of them or none. */
export const conflictsResolveCommand: Command = {
  name: 'conflicts resolve',
  help: conflictsResolveHelp,
  arguments: ['…'],
  options: {
    take: { type: 'string' },
    all: { type: 'boolean' },
    table: { type: 'string' },
    'dry-run': { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(invocation) {
    const { io, options, messages } = invocation
    const take = readSide(options.text('take'))
    checkWhich(invocation)
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    const chosen = choose(await site.store.conflicts(), invocation)
    await site.store.transaction(async (transaction) => {
      await transaction.fold()
      for (const { id } of chosen) await transaction.resolveConflict({ id, take }, io.now())
    })
    const ids = chosen.map(({ id }) => id)
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ resolved: ids, take, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { conflicts, general } = messages
    io.out(`${isDryRun ? conflicts.wouldBeResolved(ids.length) : conflicts.resolved(ids.length)}\n`)
    if (isDryRun) io.out(`${general.nothingChanged()}\n`)
    return EXIT.ok
  },
}

function readSide(text: string | undefined): Choice['take'] {
  const command = conflictsResolveCommand.name
  if (text === undefined) {
    throw new UsageError({ kind: 'options-missing', options: ['--take'] }, { command })
  }
  const side = SIDES.find((known) => known === text)
  if (side !== undefined) return side
  throw new UsageError(
    { kind: 'option-value-unknown', option: '--take', value: text, known: SIDES },
    { command },
  )
}

/** Numbers, or one of the two options that stand for many. */
function checkWhich({ arguments: ids, options }: Invocation): void {
  const { name: command } = conflictsResolveCommand
  const many = [
    ...(options.isSet('all') ? ['--all'] : []),
    ...(options.text('table') === undefined ? [] : ['--table']),
  ]
  if (many.length > 1) {
    throw new UsageError({ kind: 'options-exclude-each-other', options: many }, { command })
  }
  const [first] = ids
  if (many.length > 0 && first !== undefined) {
    throw new UsageError({ kind: 'argument-unexpected', argument: first }, { command })
  }
  if (many.length === 0 && first === undefined) {
    throw new UsageError({ kind: 'argument-missing', argument: 'ID' }, { command })
  }
}

function choose(
  records: readonly ConflictRecord[],
  { arguments: ids, options }: Invocation,
): readonly ConflictRecord[] {
  if (ids.length > 0) return ids.map((id) => findConflict(records, readId(id)))
  const table = options.text('table')
  return records.filter(
    (record) => record.isOpen && (table === undefined || record.table === table),
  )
}
