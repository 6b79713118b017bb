import { type NodeCode, parseNodeCode } from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import type { Site } from '../site/open-site.ts'
import type { Command, Invocation } from './command.ts'
import { siteOf } from './configuration.ts'
import { checkOther } from './node-add.ts'

/** What is done with one other node. */
interface Deed {
  readonly name: Command['name']
  readonly help: Command['help']
  /** What JSON calls it. */
  readonly done: string
  readonly work: (site: Site, code: NodeCode) => Promise<void>
  /** What is said of it, line by line. */
  readonly tell: (
    invocation: Invocation,
    at: { readonly code: NodeCode; readonly isDryRun: boolean },
  ) => readonly string[]
}

/** A command that does something with one other node, or tells what it would do. */
export function commandOnNode({ name, help, done, work, tell }: Deed): Command {
  return {
    name,
    help,
    arguments: ['NODE'],
    options: { 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } },
    async run(invocation) {
      const { io, options } = invocation
      const code = parseNodeCode(invocation.arguments[0] ?? '')
      const isDryRun = options.isSet('dry-run')
      await using site = await siteOf(invocation, { isTrial: isDryRun })
      checkOther(site, code)
      await work(site, code)
      const lines = options.isSet('json')
        ? [JSON.stringify({ [done]: code, dryRun: isDryRun })]
        : tell(invocation, { code, isDryRun })
      io.out(lines.map((line) => `${line}\n`).join(''))
      return EXIT.ok
    },
  }
}
