import type { Node } from 'oxc-parser'

import { findingAt, type Rule } from './rule.ts'

/** Not `setInterval`: a peer that trickles is a fixture, nobody waits for it. */
const TIMERS: ReadonlySet<string> = new Set(['setTimeout', 'sleep'])

/**
 * A test that sleeps is slow when it passes and wrong when the machine is busy. Only real servers, which say nothing
 * when a letter has arrived, leave nothing else than to look again: test-servers/ may wait.
 */
export const sleepingTests: Rule = {
  name: 'sleeping-tests',
  *check(repository) {
    for (const file of repository.testSources) {
      if (file.path.includes('/test-servers/')) continue
      for (const { node } of file.nodes) {
        if (!sleeps(node)) continue
        const message =
          'a test must not wait for time to pass: await the event itself, give a clock in, or shorten the deadline under test'
        yield findingAt(file, node.start, message)
      }
    }
  },
}

function sleeps(node: Node): boolean {
  if (node.type === 'ImportDeclaration') return node.source.value === 'node:timers/promises'
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    TIMERS.has(node.callee.name)
  )
}
