import { parseNodeCode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { Command } from './command.ts'
import { siteOf } from './configuration.ts'
import { checkOther } from './node-add.ts'
import { nodeSetHelp } from './node-help.ts'

/** Sets attributes of another node, which the rules of the plan ask for. */
export const nodeSetCommand: Command = {
  name: 'node set',
  help: nodeSetHelp,
  arguments: ['NODE', 'NAME=VALUE', '…'],
  options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options, messages } = invocation
    const [first = '', ...words] = invocation.arguments
    const code = parseNodeCode(first)
    const given = words.map(readAttribute)
    const isDryRun = options.isSet('dry-run')
    await using site = await siteOf(invocation, { isTrial: isDryRun })
    checkOther(site, code)
    const attributes = await site.store.transaction(async (transaction) => {
      const changed = new Map(await transaction.attributes(code))
      for (const [name, value] of given) {
        if (value === '') changed.delete(name)
        else changed.set(name, value)
      }
      await transaction.setAttributes(code, changed)
      return changed
    })
    if (options.isSet('json')) {
      const report = { node: code, attributes: Object.fromEntries(attributes), dryRun: isDryRun }
      io.out(`${JSON.stringify(report)}\n`)
      return EXIT.ok
    }
    const { node, general } = messages
    io.out(`${node.attributesAre(code, formatAttributes(attributes))}\n`)
    io.out(`${isDryRun ? general.nothingChanged() : node.attributesMean()}\n`)
    return EXIT.ok
  },
}

/** `warehouse=3, region=north`; a dash when there are none. */
export function formatAttributes(attributes: ReadonlyMap<string, string>): string {
  const words = [...attributes].map(([name, value]) => `${name}=${value}`)
  return words.length === 0 ? '–' : words.join(', ')
}

function readAttribute(word: string): readonly [name: string, value: string] {
  const sign = word.indexOf('=')
  if (sign < 1) throw new UsageError({ kind: 'not-an-assignment', word }, { command: 'node set' })
  return [word.slice(0, sign).normalize('NFC'), word.slice(sign + 1)]
}
