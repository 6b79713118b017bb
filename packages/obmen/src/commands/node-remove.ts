import { parseNodeCode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import type { Command } from './command.ts'
import { commandLine, siteOf } from './configuration.ts'
import { checkOther } from './node-add.ts'
import { nodeRemoveHelp } from './node-help.ts'

/** Removes another node from the plan here. It says what that means, and asks nothing: nothing is lost by it. */
export const nodeRemoveCommand: Command = {
  name: 'node remove',
  help: nodeRemoveHelp,
  arguments: ['NODE'],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const code = parseNodeCode(invocation.arguments[0] ?? '')
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    checkOther(site, code)
    await site.store.transaction(async (transaction) => {
      await transaction.node(code)
      await transaction.removeNode(code)
    })
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ removed: code, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { node, general } = messages
    io.out(`${isDryRun ? node.wouldBeRemoved(code) : node.removed(code)}\n`)
    io.out(`${node.removedMeans(commandLine(invocation, `node add ${code}`))}\n`)
    if (isDryRun) io.out(`${general.nothingChanged()}\n`)
    return EXIT.ok
  },
}
