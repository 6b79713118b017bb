/** What a plan's rules may ask of a node, by name: `warehouse` → `3`. Every node has `code`, and no one sets it. */
import { NodeAttributeInvalid } from './errors.ts'
import type { NodeCode } from './node-code.ts'

export type NodeAttributes = ReadonlyMap<string, string>

const ATTRIBUTE_NAME = /^[\p{L}_][\p{L}\p{N}_]{0,79}$/u

/** It stands in every statement that reads the node's share. */
const MAX_VALUE_LENGTH = 1000

/** Checks attributes that somebody wants to set. Throws {@link NodeAttributeInvalid}. */
export function checkAttributes(attributes: NodeAttributes): void {
  for (const [name, value] of attributes) {
    if (name === 'code' || !ATTRIBUTE_NAME.test(name)) throw new NodeAttributeInvalid(name, 'name')
    if (value.length > MAX_VALUE_LENGTH || value.includes('\0')) {
      throw new NodeAttributeInvalid(name, 'value')
    }
  }
}

/** The attributes with the one that every node has. */
export function withCode(code: NodeCode, attributes: NodeAttributes): NodeAttributes {
  return new Map([...attributes, ['code', code]])
}
