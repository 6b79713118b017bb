import type { TableSum } from '../message/check-line.ts'
import type { SetAside } from '../plan/message-header.ts'
import type { NodeCode } from '../plan/node-code.ts'
import type { NodeState } from '../plan/node-state.ts'
import { isCheckDue, withCheck } from '../plan/standing.ts'
import type { ExchangeContext } from './exchange-context.ts'
import type { Group } from './groups.ts'
import type { MessageBody } from './message-body.ts'

/** What one sending cycle says of the tables, to nodes whose turn it is. */
export class TableChecks {
  readonly #context: ExchangeContext
  readonly #due = new Set<NodeCode>()
  /** The tables are read once in a cycle at most: other nodes have their turn in the next one. */
  #hasSummed = false

  constructor(context: ExchangeContext) {
    this.#context = context
  }

  /** Looks whether it is the node's turn. */
  consider({ code, standing }: NodeState): void {
    const { now, rules } = this.#context
    const { checkEveryMs: everyMs } = rules
    if (everyMs === undefined) return
    if (isCheckDue(standing, { nowMs: now(), everyMs })) this.#due.add(code)
  }

  /**
   * What the tables hold, for the last message of a group. To be called when its rows have been read: a row that changes from then on has
   * changed since, and a body that is read later would have it. `headSeq` is the last position of the change index.
   */
  async sum(
    headSeq: number,
    { throughSeq, codes }: Group,
    body?: MessageBody,
  ): Promise<readonly TableSum[]> {
    const isLast = throughSeq === headSeq && body?.hasMore !== true
    const isWanted = codes.some((code) => this.#due.has(code))
    if (!isLast || !isWanted || this.#hasSummed) return []
    this.#hasSummed = true
    return this.#context.store.sumTables({ throughSeq })
  }

  /** Those that a node is told. */
  for(code: NodeCode, sums: readonly TableSum[]): readonly TableSum[] {
    return this.#due.has(code) ? sums : []
  }
}

/** The node's state with what its next message tells it, beside rows. */
export function withWhatIsTold(
  known: NodeState,
  told: { readonly setAside: SetAside | undefined; readonly checks: readonly TableSum[] },
  nowMs: number,
): NodeState {
  const { toldRefused: _, ...node } = known
  const { setAside, checks } = told
  return {
    ...node,
    ...(setAside !== undefined && { toldRefused: setAside.rowCount }),
    ...(checks.length > 0 && { standing: withCheck(node.standing, nowMs) }),
  }
}
