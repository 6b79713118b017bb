import type { Node } from 'oxc-parser'

import { findingAt, type Finding, type Rule } from './rule.ts'
import type { SourceFile } from './source-file.ts'

const SUPPRESSIONS =
  /@ts-ignore|@ts-nocheck|\b(?:oxlint|eslint)-disable|\bprettier-ignore(?!-(?:start|end))/

/**
 * A check that is switched off in one place protects nothing there, and nobody sees it from outside. The linter reports
 * some of these in the editor as well; here no comment can silence them, and the silencing comments are found too.
 */
export const givenUpChecks: Rule = {
  name: 'given-up-checks',
  *check(repository) {
    for (const file of repository.sources) {
      for (const { node } of file.nodes) {
        const message = givenUp(node)
        if (message !== undefined) yield findingAt(file, node.start, message)
      }
      yield* suppressions(file)
    }
  },
}

function givenUp(node: Node): string | undefined {
  switch (node.type) {
    case 'TSAnyKeyword':
      return '`any` switches the compiler off: use `unknown` and narrow it, or name the type'
    case 'TSNonNullExpression':
      return '`!` claims what the compiler can not see: test for undefined, or use `assert` from base/'
    case 'TSAsExpression':
      return node.expression.type === 'TSAsExpression' &&
        node.expression.typeAnnotation.type === 'TSUnknownKeyword'
        ? '`as unknown as` turns anything into anything: narrow with a type guard that looks at the value'
        : undefined
    default:
      return undefined
  }
}

function* suppressions(file: SourceFile): Generator<Finding> {
  for (const { value, start } of file.comments) {
    const found = SUPPRESSIONS.exec(value)
    if (found === null) continue
    const message = `${found[0]} silences a check: mend what it reports, or change the rule for everyone in its configuration`
    yield findingAt(file, start, message)
  }
}
