import type { RunProgram } from '../demo/command-line.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { Command } from './command.ts'
import { demoHelp } from './demo-help.ts'

/** Shows a whole exchange on this machine, with everything that can happen to it. */
export const demoCommand: Command = {
  name: 'demo',
  help: demoHelp,
  arguments: [],
  options: { keep: { type: 'string' }, serve: { type: 'string' } },
  async run(invocation) {
    const { io, messages, options } = invocation
    const keep = options.text('keep')
    const folder = options.text('serve')
    const runProgram: RunProgram = (argv, inner) => invocation.runProgram(argv, inner)
    // The demo, with the mail host in it, is a tenth of the program: no other command has to wait until it is loaded.
    if (folder === undefined) {
      const { runDemo } = await import('../demo/run-demo.ts')
      return runDemo({ io, messages, keep, runProgram })
    }
    if (keep === undefined) {
      const { runMailHost } = await import('../demo/run-mail-host.ts')
      return runMailHost({ io, messages, folder })
    }
    const problem = { kind: 'options-exclude-each-other', options: ['--keep', '--serve'] } as const
    throw new UsageError(problem, { command: 'demo' })
  },
}
