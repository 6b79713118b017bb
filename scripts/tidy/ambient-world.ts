import type { Node } from 'oxc-parser'

import { layerOf } from './import-table.ts'
import { findingAt, type Rule } from './rule.ts'

const BANNED_MEMBERS: ReadonlyMap<string, string> = new Map([
  ['Date.now', 'take the time as a parameter'],
  ['Math.random', 'take a source of randomness as a parameter'],
  ['performance.now', 'take the time as a parameter'],
])

/**
 * The pure folders know no clock and no chance: the same input gives the same octets, so that a failure found by a seed
 * can be repeated. The compiler keeps Node out of them, but these belong to the language.
 */
export const ambientWorld: Rule = {
  name: 'ambient-world',
  *check(repository) {
    for (const file of repository.productSources) {
      if (layerOf(file.path)?.pure !== true) continue
      for (const { node } of file.nodes) {
        const found = banned(node)
        if (found === undefined) continue
        yield findingAt(file, node.start, `${found.form} in a pure folder: ${found.instead}`)
      }
    }
  },
}

function banned(node: Node): { form: string; instead: string } | undefined {
  if (node.type === 'MemberExpression' && node.object.type === 'Identifier') {
    const member = node.property.type === 'Identifier' ? node.property.name : ''
    const form = `${node.object.name}.${member}`
    const instead = BANNED_MEMBERS.get(form)
    return instead === undefined ? undefined : { form, instead }
  }
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression'
  if (!isCall || node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return undefined
  // With arguments it converts a time that somebody else has taken.
  if (node.type === 'NewExpression' && node.arguments.length > 0) return undefined
  return { form: 'the current Date', instead: 'take the time as a parameter' }
}
