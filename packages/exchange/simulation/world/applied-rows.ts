import type { AppliedRows } from '../model/site-model.ts'
import { compareStates, describeState, type RowId, type RowState } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import { type Meeting, winnerOf } from './policy-winner.ts'
import { tableNumber, type WorldShape } from './shape.ts'
import { WorldFailure } from './world-failure.ts'

/** Whose message was applied, and what it may have brought about. */
export interface Occasion {
  readonly sender: string
  /** The sender lacks a column. */
  readonly mayMerge: boolean
  /** Whether the sender may have forgotten that a row was deleted. */
  readonly hasForgotten: (id: RowId, deletion: RowState) => boolean
  /** An earlier message of the sender told this version. */
  readonly wasTold: (id: RowId, state: RowState) => boolean
}

/** What a database shows after a message of a sender was applied; it is looked at when somebody asks, and once. */
export function appliedRows(
  site: Site,
  shape: WorldShape,
  { sender, mayMerge, hasForgotten, wasTold }: Occasion,
): AppliedRows {
  const refused = site.reader.refused()
  const index = site.reader.index()
  const thisNode = site.plan.thisNode
  const keepsKeys = shape.tables.some(({ parent }) => parent !== undefined)
  const mayBeDecided = shape.policy !== 'latest' || keepsKeys
  const parents = new Set(shape.tables.map(({ parent }) => parent))
  const isParent = (id: RowId): boolean => parents.has(tableNumber(id))
  let known: ReadonlyMap<RowId, string> | undefined
  const rows = (): ReadonlyMap<RowId, string> => (known ??= site.reader.rows())
  return {
    isHeld(id, state) {
      const waiting = refused.get(id)
      if (waiting === undefined) return false
      const entry = index.get(id)
      const isVersion = entry?.stamp === state.stamp && entry.origin === state.origin
      // One version may have two contents, of which one is here and the other one fits no better than what waits.
      return !isVersion || rows().get(id) !== state.text
    },
    isLeaving(id, state) {
      const waiting = refused.get(id)
      return (
        isParent(id) &&
        waiting !== undefined &&
        compareStates(waiting, { ...state, text: undefined }) === 0
      )
    },
    decision(id, meeting, waited) {
      const now = index.get(id)
      // A node that was restored meets what it made in its other life, as it meets a decision of its own.
      const isOwn = waited?.origin === thisNode
      const { own, theirs } = meeting
      const isBack =
        own.text === undefined &&
        theirs.text !== undefined &&
        compareStates(own, theirs) > 0 &&
        hasForgotten(id, own)
      if (!(mayBeDecided || mayMerge || isOwn || isBack) || now === undefined) return undefined
      const { stamp, origin } = now
      const shown = {
        now: { stamp, origin, text: rows().get(id) },
        refused: refused.get(id),
        isParent: isParent(id),
        mayMerge,
        isBack,
        isToldAgain: wasTold(id, theirs),
      }
      return decisionOf(shown, { ...meeting, waited }, { thisNode, sender, shape })
    },
    isGone: (id) => !index.has(id),
    comesFirst(id, waited, told) {
      if (!isParent(id) || told.text !== undefined) return false
      // A deletion comes after everything else, and may give way; of two the newer one counts.
      if (waited.text === undefined) return compareStates(waited, told) > 0
      return rows().get(id) === waited.text
    },
  }
}

interface Parties {
  readonly thisNode: string
  readonly sender: string
  readonly shape: WorldShape
}

/** What a database shows of one row. */
interface ShownRow {
  readonly now: RowState
  readonly refused: RowState | undefined
  readonly isParent: boolean
  readonly mayMerge: boolean
  /** Its deletion may have been forgotten by the sender, which tells of an older row. */
  readonly isBack: boolean
  /** The version that came has met what was here before. */
  readonly isToldAgain: boolean
}

/** What this node decided when two versions of a row met; `undefined` when one of them simply counts. */
function decisionOf(
  { now, refused, isParent, mayMerge, isBack, isToldAgain }: ShownRow,
  meeting: Meeting & { readonly waited: RowState | undefined },
  parties: Parties,
): RowState | undefined {
  const { own, theirs, waited } = meeting
  const { thisNode, shape } = parties
  const mayDecide = shape.policy !== 'latest'
  const isMerged =
    mayMerge &&
    compareStates(theirs, own) > 0 &&
    now.stamp === theirs.stamp + 1 &&
    now.origin === thisNode &&
    now.text === theirs.text
  // A row that has a column more than its sender knows is a new version of its own.
  if (isMerged) return now
  // What this node makes is above all that it made before: also above a decision that waits.
  const above = Math.max(own.stamp, theirs.stamp, waited?.origin === thisNode ? waited.stamp : 0)
  const decided = [now, refused].find(
    (state) => state?.origin === thisNode && state.stamp === above + 1,
  )
  if (decided === undefined) {
    const isSecond = isParent && now.stamp === above + 2 && now.origin === thisNode
    return isSecond && hasGivenWay(now, meeting, parties) ? now : undefined
  }
  if (decided.text === own.text && isOvertaken(meeting, { thisNode, waited })) return decided
  // A deletion that others have forgotten is given up.
  if (isBack && decided.text === theirs.text) return decided
  // What other rows refer to is not deleted.
  const givesWay = isParent && theirs.text === undefined && decided.text === own.text
  if (givesWay) return decided
  // What waits was decided when it came.
  if (!mayDecide || own.origin === theirs.origin || theirs === waited) return undefined
  if (isToldAgain) {
    const facts = `${describeState(theirs)} at ${thisNode}, with ${describeState(own)}`
    throw new WorldFailure('what was told before is no conflict', facts)
  }
  checkPolicy(decided, meeting, parties)
  return decided
}

/** A program gave the row the version of a decision, or of a change of the node's other life, that waits, and goes: two contents would have one version. */
function isOvertaken(
  { own, theirs }: Meeting,
  { thisNode, waited }: { readonly thisNode: string; readonly waited: RowState | undefined },
): boolean {
  const isOneVersion = own.stamp === theirs.stamp && own.origin === theirs.origin
  // It may come once more while it waits.
  return (
    isOneVersion &&
    own.origin === thisNode &&
    waited !== undefined &&
    compareStates(theirs, waited) === 0
  )
}

/** The policy decided for a deletion that is the earlier change, as a version of its own, which gave way at once to what refers to the row. */
function hasGivenWay(now: RowState, { own, theirs }: Meeting, parties: Parties): boolean {
  if (theirs.text !== undefined || now.text !== own.text) return false
  return (
    compareStates(own, theirs) > 0 && winnerOf(parties.shape, { own, theirs }, parties) === theirs
  )
}

function checkPolicy(decided: RowState, meeting: Meeting, parties: Parties): void {
  const winner = winnerOf(parties.shape, meeting, parties)
  if (decided.text === winner.text) return
  const facts = `${parties.thisNode} took ${decided.text ?? 'a deletion'}, and not ${winner.text ?? 'a deletion'}`
  throw new WorldFailure('a conflict ends as the policy says', facts)
}
