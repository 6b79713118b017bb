import { randomUUID } from 'node:crypto'

import { parseNodeCode, restartNode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { checkOther } from './node-add.ts'
import { nodeRestartHelp } from './node-restart-help.ts'

/** Begins the exchange with another node anew: after a copy of a database is out of the way, or to find out which rows differ. */
export const nodeRestartCommand: Command = {
  name: 'node restart',
  help: nodeRestartHelp,
  arguments: ['NODE'],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const code = parseNodeCode(invocation.arguments[0] ?? '')
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    checkOther(site, code)
    const { store, config } = site
    const { spoolFolder } = config
    await restartNode({ store, spoolFolder, newUuid: () => randomUUID() }, code)
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ restarted: code, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { findings, general } = messages
    io.out(`${isDryRun ? findings.wouldBeRestarted(code) : findings.restarted(code)}\n`)
    io.out(`${isDryRun ? general.nothingChanged() : findings.restartedMeans()}\n`)
    return EXIT.ok
  },
}
