/**
 * Who wins when a row was changed on both sides. Each of the two nodes that exchange may be the one to notice, or both: so both
 * decide, by the same rule and with the same two versions, and come to the same row.
 */
import type { NodeCode } from './node-code.ts'
import type { ConflictPolicy, ConflictSide } from './plan-rules.ts'
import { compareVersions, type RowVersion } from './row-version.ts'

/** One side of a conflict: its version, and its columns unless it has deleted the row. */
export interface Contender extends RowVersion {
  readonly columns: ConflictSide['columns'] | undefined
}

/** A row that was changed here and at the sender. */
export interface Contest {
  readonly table: string
  readonly ours: Contender
  readonly theirs: Contender
}

/** Whose row stays; or a row that neither of the two has. */
export type Verdict = 'ours' | 'theirs' | ConflictSide['columns']

/** The two nodes of an exchange, and the head office if the plan names one. */
export interface Parties {
  readonly thisNode: NodeCode
  readonly sender: NodeCode
  readonly mainNode: NodeCode | undefined
}

/** Whether what the policy calls "ours" is this node's row: the head office's side has a name in it, or the smaller code's. */
export function isDecidedHere({ thisNode, sender, mainNode }: Parties): boolean {
  if (mainNode === thisNode || mainNode === sender) return mainNode === thisNode
  return thisNode < sender
}

/** Decides a conflict between two versions that differ. */
export function decideConflict(
  policy: ConflictPolicy,
  contest: Contest,
  parties: Parties,
): Verdict {
  const { ours, theirs } = contest
  switch (policy.kind) {
    case 'latest':
      return laterOf(contest)
    case 'priority': {
      const ranks = [ours, theirs].map(({ origin }) => rankOf(origin, policy.nodes))
      const [our = 0, their = 0] = ranks
      if (our === their) return laterOf(contest)
      return our < their ? 'ours' : 'theirs'
    }
    case 'ours':
    case 'ask':
      return isDecidedHere(parties) ? 'ours' : 'theirs'
    case 'theirs':
      return isDecidedHere(parties) ? 'theirs' : 'ours'
    case 'function':
      return isDecidedHere(parties)
        ? policy.resolve({ table: contest.table, ours: sideOf(ours), theirs: sideOf(theirs) })
        : turned(
            policy.resolve({ table: contest.table, ours: sideOf(theirs), theirs: sideOf(ours) }),
          )
  }
}

/** The side with the greater version. */
export function laterOf({ ours, theirs }: Contest): 'ours' | 'theirs' {
  return compareVersions(theirs, ours) > 0 ? 'theirs' : 'ours'
}

/** A version above both, made by the node that decided. */
export function versionAbove(a: RowVersion, b: RowVersion, origin: NodeCode): RowVersion {
  return { stamp: Math.max(a.stamp, b.stamp) + 1, origin }
}

function rankOf(origin: NodeCode, nodes: readonly NodeCode[]): number {
  const rank = nodes.indexOf(origin)
  return rank < 0 ? nodes.length : rank
}

function sideOf({ columns, stamp, origin }: Contender): ConflictSide | undefined {
  return columns && { columns, stamp, origin }
}

function turned(verdict: Verdict): Verdict {
  if (verdict === 'ours') return 'theirs'
  return verdict === 'theirs' ? 'ours' : verdict
}
