import { findingAt, type Finding, type Rule } from './rule.ts'
import type { Placed, SourceFile } from './source-file.ts'
import { testCall } from './test-calls.ts'

/**
 * The name of a test is the rule it states. Two tests with one name state one rule twice, or one of them states it
 * wrongly, and a report can't say which failed.
 */
export const duplicateTestNames: Rule = {
  name: 'duplicate-test-names',
  *check(repository) {
    const seen = new Map<string, Finding>()
    for (const file of repository.testSources) {
      const home = file.path.split('/test')[0] ?? ''
      for (const placed of file.nodes) {
        if (testCall(placed.node)?.kind !== 'test') continue
        const name = fullName(file, placed)
        if (name === undefined) continue
        const key = `${home} ${name}`
        const first = seen.get(key)
        const place = findingAt(file, placed.node.start, name)
        if (first === undefined) seen.set(key, place)
        else {
          const message = `"${name}" is also the name of a test in ${first.path}:${first.line}: say in which case each holds`
          yield { ...place, message }
        }
      }
    }
  },
}

/** The names of the groups and of the test; `undefined` for a test that is not named by a constant. */
function fullName(file: SourceFile, { node, ancestors }: Placed): string | undefined {
  const names: string[] = []
  for (const outer of [...ancestors, node]) {
    const found = testCall(outer)
    if (found === undefined) continue
    const [name] = found.call.arguments
    if (name === undefined) return undefined
    if (name.type === 'Literal') names.push(String(name.value))
    // A group's name may be computed, as in a suite that runs against several stores; its source tells it apart.
    else if (found.kind === 'group') names.push(file.text.slice(name.start, name.end))
    else return undefined
  }
  return names.join(' › ')
}
