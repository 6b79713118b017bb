import { parseNodeCode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import { formatFacts } from '../output/table.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { checkOther } from './node-add.ts'
import { nodeShowHelp } from './node-help.ts'
import { reportNode } from './node-report.ts'
import { formatAttributes } from './node-set.ts'

/** Shows everything that is known of one node. */
export const nodeShowCommand: Command = {
  name: 'node show',
  help: nodeShowHelp,
  arguments: ['NODE'],
  options: { json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const code = parseNodeCode(invocation.arguments[0] ?? '')
    await using site = await siteOf(invocation)
    checkOther(site, code)
    const { state, attributes } = await site.store.transaction(async (transaction) => ({
      state: await transaction.node(code),
      attributes: await transaction.attributes(code),
    }))
    const report = { ...reportNode(state), attributes: Object.fromEntries(attributes) }
    if (options.isSet('json')) {
      io.out(`${JSON.stringify(report)}\n`)
      return EXIT.ok
    }
    const { node, findings, format, general } = messages
    const { oldestUnacknowledged: oldest } = report
    const inFlight = `${format.messages(report.unacknowledgedMessages)}, ${format.rows(report.unacknowledgedRows)}`
    io.out(
      formatFacts([
        [node.title(), report.node],
        [node.sentNo(), format.number(report.sentNo)],
        [node.acknowledgedNo(), format.number(report.acknowledgedNo)],
        [node.receivedNo(), format.number(report.receivedNo)],
        [node.unacknowledged(), inFlight],
        [node.oldestUnacknowledged(), oldest === null ? '–' : format.moment(Date.parse(oldest))],
        [node.undelivered(), format.messages(report.undeliveredMessages)],
        [node.owesAcknowledgement(), report.owesAcknowledgement ? general.yes() : general.no()],
        [node.gapBefore(), report.gapBefore === 0 ? '–' : format.number(report.gapBefore)],
        [node.epoch(), format.number(report.epoch)],
        [findings.forks(), findings.forksSince(report.forks, state.standing?.forkedAt ?? 0)],
        [node.attributes(), formatAttributes(attributes)],
      ]),
    )
    return EXIT.ok
  },
}
