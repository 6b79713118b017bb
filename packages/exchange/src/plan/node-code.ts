import { ExchangeError } from './exchange-error.ts'

declare const nodeCodeBrand: unique symbol

/** The code by which all participants of a plan know a node, such as `ЦБ`. Made only by {@link parseNodeCode}. */
export type NodeCode = string & { readonly [nodeCodeBrand]: true }

/** A UUID, the longest code a 1C base uses, has 36 characters. */
const MAX_NODE_CODE_LENGTH = 36

/**
 * Letters and digits of any script, and hyphens between them. No underscore: it separates the parts of a message's
 * file name, and a code that holds one would make `Message_A_B_C_1` ambiguous. No dot: it begins the file's extension.
 */
const NODE_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u

/** A text that can't be the code of a node. */
export class NodeCodeInvalid extends ExchangeError {
  readonly code = 'NODE_CODE_INVALID'
  readonly transient = false
  readonly text: string

  constructor(text: string) {
    super(`${JSON.stringify(text)} can't be the code of a node`, {
      hint: `use 1 to ${MAX_NODE_CODE_LENGTH} letters, digits and inner hyphens, for example "С01"`,
    })
    this.text = text
  }
}

/**
 * Reads the code of a node: 1 to 36 letters, digits and inner hyphens, any script, case kept. Composed and
 * decomposed forms of one letter (`й`) give the same code (Unicode NFC). Throws {@link NodeCodeInvalid}.
 *
 * @example
 * ```ts
 * import { parseNodeCode } from '@obmen/exchange'
 *
 * parseNodeCode('С01')
 * ```
 */
export function parseNodeCode(text: string): NodeCode {
  const code = text.normalize('NFC')
  if (code.length > MAX_NODE_CODE_LENGTH || !isNodeCode(code)) throw new NodeCodeInvalid(text)
  return code
}

function isNodeCode(text: string): text is NodeCode {
  return NODE_CODE.test(text)
}
