import type { NodeState } from './node-state.ts'
import { beginLife, followLives, isLedTwice, type Lineage, NO_LINEAGE } from './lineage.ts'

/** How two nodes stand with each other, beyond the numbers of their messages. It outlasts epochs. */
export interface Standing {
  /** How often the histories of both sides did not fit together, and when the last time was: wall clock in milliseconds. */
  readonly forks: number
  readonly forkedAt: number
  /** The lives that this database has led with the node, newest first: see lineage.ts. */
  readonly lives: readonly string[]
  /** What is known of the node's own. */
  readonly peer: Lineage
  /** When a message last said what the tables hold: wall clock in milliseconds. */
  readonly checkedAt?: number
  /** Nothing is exchanged until a person has decided. */
  readonly stop?: Stop
  /** A person has decided that this database is the one that stays; the node, stopped too, has not begun anew yet. */
  readonly isChosen?: true
}

/** Why nothing is exchanged with a node. */
export interface Stop {
  /** Which database exists twice: this one, as the node says, or the node's. */
  readonly twice: 'here' | 'there'
  /** Wall clock in milliseconds. */
  readonly since: number
  /** Here a person has begun anew already: only the node has still to do so. */
  readonly isChosen?: true
}

const NEW_STANDING: Standing = { forks: 0, forkedAt: 0, lives: [], peer: NO_LINEAGE }

/** Enough of a UUID to tell the lives of one database apart; of its end, because its beginning may be a time. */
const LIFE_NAME_LENGTH = 12

/** The standing after a new epoch has begun here. `uuid` is new, and this database's own. */
export function withNewLife(standing: Standing | undefined, uuid: string): Standing {
  const known = standing ?? NEW_STANDING
  return { ...known, lives: beginLife(known.lives, uuid.slice(-LIFE_NAME_LENGTH)) }
}

/** The standing after a fork was seen. */
export function withFork(standing: Standing | undefined, nowMs: number): Standing {
  const known = standing ?? NEW_STANDING
  return { ...known, forks: known.forks + 1, forkedAt: nowMs }
}

/** The standing after a message was accepted whose sender says that it has led these lives. It may be a reason to stop. */
export function withPeerLives(
  standing: Standing | undefined,
  lives: readonly string[],
  nowMs: number,
): Standing | undefined {
  const known = standing ?? NEW_STANDING
  const peer = followLives(known.peer, lives, nowMs)
  if (peer === known.peer) return standing
  return isLedTwice(peer, nowMs)
    ? { ...known, peer, stop: { twice: 'there', since: nowMs } }
    : { ...known, peer }
}

/**
 * The node's state after it said that it has stopped. Where a person has chosen this database already, it says so because nobody has
 * begun anew there yet: that is to be told, and not to be kept.
 */
export function hearStop(node: NodeState, nowMs: number): StoppedNode {
  const known = node.standing ?? NEW_STANDING
  const isChosen = known.isChosen === true
  const stop: Stop = { twice: 'here', since: nowMs, ...(isChosen && { isChosen }) }
  return { ...node, standing: { ...known, stop } }
}

interface WithStop {
  readonly stop: Stop
}

/** A node with which nothing is exchanged. */
export type StoppedNode = NodeState & { readonly standing: Standing & WithStop }

export function isStopped(node: NodeState): node is StoppedNode {
  return node.standing?.stop !== undefined
}

/** The standing after a person has decided: who still runs twice shows it anew. */
export function withoutStop(stopped: Standing): Standing {
  const { stop, ...standing } = stopped
  const peer = { ...NO_LINEAGE, lives: standing.peer.lives }
  return { ...standing, peer, ...(stop?.twice === 'here' && { isChosen: true }) }
}

/** The standing after the node has exchanged something again: a stop that it tells of from now on is a new one. */
export function withoutChoice(standing: Standing | undefined): Standing | undefined {
  if (standing?.isChosen === undefined) return standing
  const { isChosen: _, ...others } = standing
  return others
}

/** The standing after a message said what the tables hold. */
export function withCheck(standing: Standing | undefined, checkedAt: number): Standing {
  return { ...(standing ?? NEW_STANDING), checkedAt }
}

/** Whether the next message is to say what the tables hold, by a clock that may have been set back. */
export function isCheckDue(
  standing: Standing | undefined,
  at: { readonly nowMs: number; readonly everyMs: number },
): boolean {
  const { checkedAt, stop } = standing ?? NEW_STANDING
  if (stop !== undefined) return false
  return checkedAt === undefined || Math.abs(at.nowMs - checkedAt) >= at.everyMs
}
