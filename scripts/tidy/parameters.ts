import type { Node } from 'oxc-parser'

import { findingAt, type Rule } from './rule.ts'

/** The reader of a call can still tell three values apart by their places. */
const POSITIONAL_MAX = 3

/** The object model has the members of its documentation, with their parameters: a listing from there carries over as it is. */
const WRITTEN_ELSEWHERE = /^packages\/mail\/src\/(?:model|ru)\//

/**
 * A call is read without the declaration beside it: `send(letter, true)` says nothing, and the fourth value in a row is
 * mistaken for the third.
 */
export const parameters: Rule = {
  name: 'parameters',
  *check(repository) {
    for (const file of repository.productSources) {
      for (const { node } of file.nodes) {
        const params = paramsOf(node)
        if (params.length > POSITIONAL_MAX) {
          const message = `${params.length} parameters in a row, ${POSITIONAL_MAX} are the limit: take an options object`
          yield findingAt(file, node.start, message)
        }
        if (WRITTEN_ELSEWHERE.test(file.path)) continue
        // The first is the subject: `assert(isOpen, …)`, `formatFlag(isRead)`.
        for (const param of params.slice(1).filter(isBoolean)) {
          const message =
            'a boolean parameter says nothing at the call: take an options object, a word, or make two functions'
          yield findingAt(file, param.start, message)
        }
      }
    }
  },
}

function paramsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'TSMethodSignature':
      return node.params
    default:
      return []
  }
}

function isBoolean(param: Node): boolean {
  const bound = param.type === 'AssignmentPattern' ? param.left : param
  return (
    bound.type === 'Identifier' &&
    'typeAnnotation' in bound &&
    bound.typeAnnotation?.typeAnnotation.type === 'TSBooleanKeyword'
  )
}
