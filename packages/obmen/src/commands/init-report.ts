import type { Preparation } from '@obmen/exchange/sqlite'

import type { Config } from '../config/config.ts'
import { formatTable } from '../output/table.ts'
import type { Invocation } from './command.ts'
import { commandLine, shownPath } from './configuration.ts'

/** Tells what `init` did, or would do, and what comes next. */
export function reportInit(
  invocation: Invocation,
  config: Config,
  { preparation, isNew }: { readonly preparation: Preparation; readonly isNew: boolean },
): void {
  const { io, options, messages } = invocation
  const isDryRun = options.isSet('dry-run')
  if (options.isSet('json')) {
    const { plan, path, database } = config
    io.out(
      `${JSON.stringify({ config: path, configWritten: isNew && !isDryRun, database, plan: plan.name, node: plan.thisNode, ...preparation, dryRun: isDryRun })}\n`,
    )
    return
  }
  const { init } = messages
  const { name, thisNode } = config.plan
  const file = isDryRun ? init.configWouldBeWritten(config.path) : init.configWritten(config.path)
  io.out(`${isNew ? file : init.configPresent(config.path)}\n`)
  const heading = isDryRun ? init.wouldBePrepared : init.prepared
  io.out(`${heading(shownPath(invocation, config.database), thisNode, name)}\n\n`)
  io.out(formatPreparation(invocation, preparation))
  io.out(
    isDryRun
      ? `\n${messages.general.nothingChanged()}\n`
      : `\n${formatNext(invocation, config, { isNew })}\n`,
  )
}

function formatPreparation({ messages }: Invocation, preparation: Preparation): string {
  const { init, format } = messages
  const { tables, removed } = preparation
  if (tables.length + removed.length === 0) return `${init.noTables()}\n`
  return formatTable(
    [
      { title: init.tableTitle() },
      { title: init.rowsTitle(), align: 'right' },
      { title: init.kindTitle() },
    ],
    [
      ...tables.map(({ table, rowCount, kind }) => {
        return [table, kind === 'present' ? '' : format.number(rowCount), init.kind(kind)]
      }),
      ...removed.map((table) => [table, '', init.removedKind()]),
    ],
  )
}

function formatNext(
  invocation: Invocation,
  config: Config,
  { isNew }: { readonly isNew: boolean },
): string {
  const { init } = invocation.messages
  const exchange = init.stepExchange(commandLine(invocation, 'exchange'))
  if (!isNew) return init.next([exchange])
  const references = [config.send.password, config.receive.password]
  const steps = references.flatMap((reference) => {
    if (reference === undefined) return []
    return [
      reference.kind === 'env'
        ? init.stepPasswordEnv(reference.name)
        : init.stepPasswordFile(shownPath(invocation, reference.path)),
    ]
  })
  return init.next([
    ...new Set(steps),
    init.stepAddNode((code) => commandLine(invocation, `node add ${code}`)),
    exchange,
  ])
}
