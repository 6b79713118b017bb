import type { CallExpression, Node } from 'oxc-parser'

const GROUP_NAMES: ReadonlySet<string> = new Set(['describe', 'suite'])
const TEST_NAMES: ReadonlySet<string> = new Set(['it', 'test'])

/** A call of `describe` (a group) or `it` (a test), also as `it.only(…)`. */
export interface TestCall {
  readonly call: CallExpression
  readonly kind: 'group' | 'test'
  /** What stands behind the dot, as in `it.only`. */
  readonly modifier?: string
}

/** Reads a node as a call of the test runner, or gives `undefined`. */
export function testCall(node: Node): TestCall | undefined {
  if (node.type !== 'CallExpression') return undefined
  const { callee } = node
  if (callee.type === 'Identifier') return called(node, callee.name)
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined
  if (callee.property.type !== 'Identifier') return undefined
  return called(node, callee.object.name, callee.property.name)
}

function called(call: CallExpression, name: string, modifier?: string): TestCall | undefined {
  const kind = GROUP_NAMES.has(name) ? 'group' : TEST_NAMES.has(name) ? 'test' : undefined
  if (kind === undefined) return undefined
  return modifier === undefined ? { call, kind } : { call, kind, modifier }
}
