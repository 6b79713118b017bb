import { EXIT } from '../errors/exit-code.ts'
import { formatTable } from '../output/table.ts'
import type { Command } from './command.ts'
import { commandLine, siteOf } from './configuration.ts'
import { nodeListHelp } from './node-help.ts'
import { reportNode } from './node-report.ts'

/** Lists the other nodes of the plan with their numbers. */
export const nodeListCommand: Command = {
  name: 'node list',
  help: nodeListHelp,
  arguments: [],
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    await using site = await siteOf(invocation)
    const { nodes, reports } = await site.store.transaction(async (transaction) => {
      const known = await transaction.nodes()
      const described = known.map(async (node) => ({
        ...reportNode(node),
        attributes: Object.fromEntries(await transaction.attributes(node.code)),
      }))
      return { nodes: known, reports: await Promise.all(described) }
    })
    if (options.isSet('json')) {
      io.out(`${JSON.stringify({ nodes: reports })}\n`)
      return EXIT.ok
    }
    const { node, format } = messages
    if (nodes.length === 0) {
      io.out(`${node.none(commandLine(invocation, 'node add CODE'))}\n`)
      return EXIT.ok
    }
    const columns = [node.title(), node.sentNo(), node.acknowledgedNo(), node.receivedNo()]
    io.out(
      formatTable(
        columns.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
        nodes.map(({ code, sentNo, acknowledgedNo, receivedNo }) => [
          code,
          ...[sentNo, acknowledgedNo, receivedNo].map(format.number),
        ]),
      ),
    )
    return EXIT.ok
  },
}
