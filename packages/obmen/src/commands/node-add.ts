import { newNodeState, type NodeCode, NodeIsThisNode, parseNodeCode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import type { Site } from '../site/open-site.ts'
import { noteOnLetters } from './code-letters.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { nodeAddHelp } from './node-help.ts'

/** Adds other nodes to the plan here. */
export const nodeAddCommand: Command = {
  name: 'node add',
  help: nodeAddHelp,
  arguments: ['NODE', '…'],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const codes = invocation.arguments.map(parseNodeCode)
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    const known = await site.store.transaction(async (transaction) => {
      const present = await transaction.nodes()
      for (const code of codes) {
        checkOther(site, code)
        await transaction.addNode(newNodeState(code))
      }
      return [...present.map(({ code }) => code), ...codes]
    })
    for (const code of codes) {
      const note = noteOnLetters(
        code,
        { thisNode: site.config.plan.thisNode, known },
        messages.node,
      )
      if (note !== undefined) io.err(`${note}\n`)
    }
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ added: codes, dryRun: isDryRun })}\n`)
      return EXIT.ok
    }
    const { node, general } = messages
    const { name, thisNode } = site.config.plan
    for (const code of codes) {
      io.out(`${isDryRun ? node.wouldBeAdded(code) : node.added(code)}\n`)
    }
    io.out(
      `${isDryRun ? general.nothingChanged() : node.addedMeans(name, `obmen node add ${thisNode}`)}\n`,
    )
    return EXIT.ok
  },
}

/** Throws {@link NodeIsThisNode}: a node exchanges with others only. */
export function checkOther({ config }: Site, code: NodeCode): void {
  if (code === config.plan.thisNode) throw new NodeIsThisNode(code)
}
