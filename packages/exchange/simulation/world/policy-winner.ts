/** Who wins a conflict, said once more and in other words than the engine's. */
import { compareStates, type RowState } from '../model/row-state.ts'
import { mainNodeOf } from './rules.ts'
import type { WorldShape } from './shape.ts'

/** Two versions of a row: the one that is here, and the one that came. */
export interface Meeting {
  readonly own: RowState
  readonly theirs: RowState
}

/** The version that the policy of the plan wants, whichever of the two nodes decides. */
export function winnerOf(
  shape: WorldShape,
  { own, theirs }: Meeting,
  { thisNode, sender }: { readonly thisNode: string; readonly sender: string },
): RowState {
  const { policy, codes } = shape
  const mainNode = mainNodeOf(shape)
  const isOwnFirst = thisNode === mainNode || (sender !== mainNode && thisNode < sender)
  const [first, second] = isOwnFirst ? [own, theirs] : [theirs, own]
  const later = compareStates(own, theirs) > 0 ? own : theirs
  switch (policy) {
    case 'latest':
      return later
    case 'ours':
    case 'ask':
      return first
    case 'theirs':
      return second
    case 'function':
      return first.text === undefined ? second : first
    case 'priority': {
      // The head office comes last.
      const ranks = [own, theirs].map(({ origin }) =>
        codes
          .slice(1)
          .concat(codes[0] ?? '')
          .indexOf(origin),
      )
      const [ownRank = 0, theirRank = 0] = ranks
      if (ownRank === theirRank) return later
      return ownRank < theirRank ? own : theirs
    }
  }
}
