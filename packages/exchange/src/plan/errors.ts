import { ExchangeError } from './exchange-error.ts'
import type { NodeCode } from './node-code.ts'

/** A node that this database exchanges nothing with. */
export class NodeUnknown extends ExchangeError {
  readonly code = 'NODE_UNKNOWN'
  readonly transient = false
  readonly node: string

  constructor(node: string, known: readonly NodeCode[]) {
    super(`there is no node "${node}" in the plan here`, {
      hint:
        known.length > 0
          ? `known are: ${known.join(', ')}; add another one with: obmen node add ${node}`
          : `add it first: obmen node add ${node}`,
    })
    this.node = node
  }
}

/** A node that was added before. */
export class NodeExists extends ExchangeError {
  readonly code = 'NODE_EXISTS'
  readonly transient = false
  readonly node: NodeCode

  constructor(node: NodeCode) {
    super(`node "${node}" is in the plan already`, {
      hint: `see its numbers with: obmen node show ${node}`,
    })
    this.node = node
  }
}

/** This node itself, where another one is meant. */
export class NodeIsThisNode extends ExchangeError {
  readonly code = 'NODE_IS_THIS_NODE'
  readonly transient = false
  readonly node: NodeCode

  constructor(node: NodeCode) {
    super(`"${node}" is this node itself`, {
      hint: 'name a node at another site; see them with: obmen node list',
    })
    this.node = node
  }
}
