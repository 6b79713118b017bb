import type { RunProgram } from '../demo/command-line.ts'
import { runDemo } from '../demo/run-demo.ts'
import { runMailHost } from '../demo/run-mail-host.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { Command } from './command.ts'
import { demoHelp } from './demo-help.ts'

/** Shows a whole exchange on this machine, with everything that can happen to it. */
export const demoCommand: Command = {
  name: 'demo',
  help: demoHelp,
  arguments: [],
  options: { keep: { type: 'string' }, serve: { type: 'string' } },
  run(invocation) {
    const { io, messages, options } = invocation
    const keep = options.text('keep')
    const folder = options.text('serve')
    const runProgram: RunProgram = (argv, inner) => invocation.runProgram(argv, inner)
    if (folder === undefined) return runDemo({ io, messages, keep, runProgram })
    if (keep === undefined) return runMailHost({ io, messages, folder })
    const problem = { kind: 'options-exclude-each-other', options: ['--keep', '--serve'] } as const
    throw new UsageError(problem, { command: 'demo' })
  },
}
