import type { Node } from 'oxc-parser'

import { isTest } from './repository.ts'
import { findingAt, type Finding, type Rule } from './rule.ts'
import type { Placed, SourceFile } from './source-file.ts'

/** A function that needs scrolling hides its order of events: 40 lines are normal, this is the end. */
const FUNCTION_LINES_MAX = 70

/** A file is one concept; beyond this it has become two: 250 lines are normal, this is the end. */
const FILE_LINES_MAX = 400

/** How a file says that it is a table and not code, in its first doc comment. */
const TABLE = 'A table of data'

const GROUPS: ReadonlySet<string> = new Set(['describe', 'suite'])

/**
 * Code grows a line at a time, and no single line is the one too many. The budgets make the moment visible at which a
 * function or a file has to be divided.
 */
export const budgets: Rule = {
  name: 'budgets',
  *check(repository) {
    for (const file of repository.sources) {
      if (isTable(file)) continue
      yield* fileBudget(file)
      for (const placed of file.nodes) yield* functionBudget(file, placed)
    }
  },
}

function isTable(file: SourceFile): boolean {
  const first = file.comments.find(({ type, value }) => type === 'Block' && value.startsWith('*'))
  return first?.value.includes(TABLE) ?? false
}

function* fileBudget(file: SourceFile): Generator<Finding> {
  const lines = file.text.trimEnd().split('\n').length
  if (lines <= FILE_LINES_MAX) return
  const message =
    `the file has ${lines} lines, ${FILE_LINES_MAX} are the limit: give its second concept a file of its own ` +
    `(a table may be longer when its first doc comment says "${TABLE}")`
  yield { path: file.path, line: FILE_LINES_MAX + 1, message }
}

function* functionBudget(file: SourceFile, { node, ancestors }: Placed): Generator<Finding> {
  if (!isFunction(node) || (isTest(file.path) && isGroup(ancestors.at(-1)))) return
  const first = file.lineAt(node.start)
  const lines = file.lineAt(node.end) - first + 1
  if (lines <= FUNCTION_LINES_MAX) return
  yield findingAt(
    file,
    node.start,
    `the function has ${lines} lines, ${FUNCTION_LINES_MAX} are the limit: name its steps and make each a function`,
  )
}

function isFunction(node: Node): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}

/** The callback of `describe` is a chapter of tests, not a function that anyone reads as one. */
function isGroup(parent: Node | undefined): boolean {
  return (
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'Identifier' &&
    GROUPS.has(parent.callee.name)
  )
}
