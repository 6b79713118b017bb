import type { ApplySummary } from '../store/change-store.ts'

/** What was received from one node. */
export interface ReceivingSummary {
  readonly messages: number
  readonly applied: number
  readonly outdated: number
  readonly conflicts: number
  readonly refused: number
  /** Rows of tables that this node does not take; absent when there were none. */
  readonly ignored?: number
}

export const NOTHING_RECEIVED: ReceivingSummary = {
  messages: 0,
  applied: 0,
  outdated: 0,
  conflicts: 0,
  refused: 0,
}

/** The sum with one message more. */
export function addSummary(sum: ReceivingSummary, applied: ApplySummary): ReceivingSummary {
  const ignored = (sum.ignored ?? 0) + (applied.ignored ?? 0)
  return {
    messages: sum.messages + 1,
    applied: sum.applied + applied.applied,
    outdated: sum.outdated + applied.outdated,
    conflicts: sum.conflicts + applied.conflicts,
    refused: applied.refused,
    ...(ignored > 0 && { ignored }),
  }
}
