import type { Node } from 'oxc-parser'

import { findingAt, type Rule } from './rule.ts'
import type { Placed } from './source-file.ts'
import { testCall } from './test-calls.ts'

const SWITCHES: ReadonlySet<string> = new Set(['only', 'skip', 'todo'])

/** What the runner hands to a test, by the names it goes by. */
const CONTEXTS: ReadonlySet<string> = new Set(['t', 'context'])

/**
 * A test that does not run is worse than none: it is counted as protection. `only` is the same for all the others.
 */
export const switchedOffTests: Rule = {
  name: 'switched-off-tests',
  *check(repository) {
    for (const file of repository.testSources) {
      for (const { node, ancestors } of file.nodes) {
        const word = switchIn({ node, ancestors })
        if (word === undefined) continue
        const message = `"${word}" switches tests off: mend the test or delete it; a test that needs a server belongs into test-servers/`
        yield findingAt(file, node.start, message)
      }
    }
  },
}

function switchIn({ node, ancestors }: Placed): string | undefined {
  const modifier = testCall(node)?.modifier ?? contextCall(node)
  if (modifier !== undefined) return SWITCHES.has(modifier) ? modifier : undefined
  if (node.type !== 'Property' || node.key.type !== 'Identifier') return undefined
  // `{ skip: … }` as the options of a test: the object's parent is the call.
  const call = ancestors.at(-2)
  if (call === undefined || testCall(call) === undefined) return undefined
  return SWITCHES.has(node.key.name) ? node.key.name : undefined
}

function contextCall(node: Node): string | undefined {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return undefined
  const { object, property } = node.callee
  if (object.type !== 'Identifier' || !CONTEXTS.has(object.name)) return undefined
  return property.type === 'Identifier' ? property.name : undefined
}
