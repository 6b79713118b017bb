import { findingAt, type Rule } from './rule.ts'

/** Where the process's own output streams are handed to the commands. */
const OUTPUT_OWNERS: ReadonlySet<string> = new Set([
  'packages/obmen/src/bin.ts',
  'packages/obmen/src/main.ts',
])

/**
 * A library that prints can't be used inside a program with an output of its own, and a command that prints past its
 * output port can't be tested or asked for JSON.
 */
export const consoleOutput: Rule = {
  name: 'console-output',
  *check(repository) {
    for (const file of repository.productSources) {
      if (OUTPUT_OWNERS.has(file.path)) continue
      for (const { node, ancestors } of file.nodes) {
        if (node.type !== 'Identifier' || node.name !== 'console') continue
        if (ancestors.at(-1)?.type !== 'MemberExpression') continue
        const instead = file.path.startsWith('packages/obmen/')
          ? 'write to the output port that the command is given'
          : 'return it, throw it, or give it to the log that the caller passed in'
        yield findingAt(file, node.start, `console in ${file.path}: ${instead}`)
      }
    }
  },
}
