import type { AppliedRows } from '../model/site-model.ts'
import { compareStates, type RowState } from '../model/row-state.ts'
import type { Site } from '../site/site.ts'
import type { WorldShape } from './shape.ts'

/** What a database shows after a message was applied; it is looked at when somebody asks, and once. */
export function appliedRows(site: Site, policy: WorldShape['policy']): AppliedRows {
  const refused = site.reader.refused()
  const index = site.reader.index()
  const rows = policy === 'latest' ? undefined : site.reader.rows()
  return {
    isHeld(id, state) {
      const waiting = refused.get(id)
      if (waiting === undefined) return false
      const entry = index.get(id)
      const isApplied = entry?.stamp === state.stamp && entry.origin === state.origin
      // One version may have two contents, of which one is here and the other one waits.
      return !isApplied || compareStates(waiting, state) === 0
    },
    decision(id, { own, theirs }) {
      const entry = index.get(id)
      if (rows === undefined || entry === undefined || own.origin === theirs.origin)
        return undefined
      const isDecision =
        entry.stamp === Math.max(own.stamp, theirs.stamp) + 1 && entry.origin === site.plan.thisNode
      const decided: RowState = { stamp: entry.stamp, origin: entry.origin, text: rows.get(id) }
      const isOneOfBoth = decided.text === own.text || decided.text === theirs.text
      return isDecision && isOneOfBoth ? decided : undefined
    },
    isGone: (id) => !index.has(id),
  }
}
