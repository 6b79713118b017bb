import { ExchangeError } from './exchange-error.ts'
import type { NodeCode } from './node-code.ts'
import { describeRuleFault, type RuleFault } from './rule-fault.ts'
import type { Stop } from './standing.ts'

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

/** A rule of the plan that does not fit the database, or is no rule. */
export class RuleInvalid extends ExchangeError {
  readonly code = 'RULE_INVALID'
  readonly transient = false
  readonly table: string
  readonly fault: RuleFault

  constructor(table: string, fault: RuleFault, options: { readonly cause?: unknown } = {}) {
    super(
      `the rule for table ${JSON.stringify(table)} can't be kept: ${describeRuleFault(fault)}`,
      {
        ...options,
        hint: 'mend it under "rules" in the configuration; until then nothing is exchanged',
      },
    )
    this.table = table
    this.fault = fault
  }
}

/** A rule asks for an attribute that a node does not have: nobody can tell which rows are its share. */
export class NodeAttributeMissing extends ExchangeError {
  readonly code = 'NODE_ATTRIBUTE_MISSING'
  readonly transient = false
  readonly node: NodeCode
  readonly table: string
  readonly attribute: string

  constructor(node: NodeCode, table: string, attribute: string) {
    super(
      `the rule for table ${JSON.stringify(table)} needs the attribute "${attribute}" of node "${node}", which it does not have`,
      { hint: `give it: obmen node set ${node} ${attribute}=…` },
    )
    this.node = node
    this.table = table
    this.attribute = attribute
  }
}

/** An attribute that a node can't have. */
export class NodeAttributeInvalid extends ExchangeError {
  readonly code = 'NODE_ATTRIBUTE_INVALID'
  readonly transient = false
  readonly attribute: string
  readonly part: 'name' | 'value'

  constructor(attribute: string, part: 'name' | 'value') {
    super(
      `${JSON.stringify(attribute)} can't be set as an attribute of a node: its ${part} is not possible`,
      {
        hint: 'a name is letters, digits and underscores, and not "code"; a value is a text of at most 1000 characters',
      },
    )
    this.attribute = attribute
    this.part = part
  }
}

/** Two databases exchange under one code: what they write would be mixed up. Nothing is exchanged until a person has decided. */
export class NodeRunsTwice extends ExchangeError {
  readonly code = 'NODE_RUNS_TWICE'
  readonly transient = false
  /** The node that is exchanged with. */
  readonly node: NodeCode
  /** Which one is there twice: this database, as the node says, or the node's. */
  readonly twice: 'here' | 'there'
  /** When the exchange was stopped, in milliseconds of the wall clock. */
  readonly since: number

  /** Whether a person has begun anew here already, so that only the node has still to do so. */
  readonly isChosen: boolean

  constructor(node: NodeCode, stop: Stop) {
    const { twice, since } = stop
    const isChosen = stop.isChosen === true
    super(
      twice === 'there'
        ? `node "${node}" runs twice: two databases write under its code in turns, as one that was restored from a backup does not; nothing is exchanged with it`
        : `this database runs twice: node "${node}" gets messages of two databases under this node's code; nothing is exchanged with it`,
      { hint: hintToRestart(node, { twice, isChosen }) },
    )
    this.node = node
    this.twice = twice
    this.since = since
    this.isChosen = isChosen
  }
}

function hintToRestart(
  node: NodeCode,
  { twice, isChosen }: Pick<NodeRunsTwice, 'twice' | 'isChosen'>,
): string {
  if (twice === 'there') {
    return `find the copy of its database and take it out of service for good; then run obmen node restart there, and here: obmen node restart ${node}`
  }
  return isChosen
    ? `here the exchange has begun anew already; when the copy is out of service, run at ${node} too: obmen node restart, with this node's code`
    : `if this is the copy, leave it alone; if it is the one that stays, take the copy out of service for good, then: obmen node restart ${node}`
}
