import type { NodeState, Stop } from '@obmen/exchange'

/** What is told of a node in JSON. Names and units stay the same in every language and version. */
export interface NodeReport {
  readonly node: string
  readonly epoch: number
  readonly sentNo: number
  readonly acknowledgedNo: number
  readonly receivedNo: number
  readonly unacknowledgedMessages: number
  readonly unacknowledgedRows: number
  readonly undeliveredMessages: number
  /** When the oldest message without an answer was written, as ISO 8601; `null` when there is none. */
  readonly oldestUnacknowledged: string | null
  readonly owesAcknowledgement: boolean
  /** A letter with this number waits for others before it; 0 when none does. */
  readonly gapBefore: number
  /** How often the histories of both sides did not fit together, so that the exchange began anew. */
  readonly forks: number
  /** Why nothing is exchanged until a person decides, and since when, as ISO 8601; `null` when all is well. */
  readonly stopped: { readonly twice: Stop['twice']; readonly since: string } | null
}

/** What was written anew in a later message counts once. */
export function reportNode(node: NodeState): NodeReport {
  const inFlight = node.unacknowledged.filter(({ superseded }) => !superseded)
  const withRows = inFlight.filter(({ rowCount }) => rowCount > 0)
  const oldest = withRows[0]?.writtenAt
  return {
    node: node.code,
    epoch: node.epoch.counter,
    sentNo: node.sentNo,
    acknowledgedNo: node.acknowledgedNo,
    receivedNo: node.receivedNo,
    unacknowledgedMessages: withRows.length,
    unacknowledgedRows: withRows.reduce((sum, { rowCount }) => sum + rowCount, 0),
    undeliveredMessages: inFlight.filter(({ delivered }) => !delivered).length,
    oldestUnacknowledged: oldest === undefined ? null : new Date(oldest).toISOString(),
    owesAcknowledgement: node.owesAcknowledgement,
    gapBefore: node.gapBefore,
    forks: node.standing?.forks ?? 0,
    stopped: reportStop(node.standing?.stop),
  }
}

function reportStop(stop: Stop | undefined): NodeReport['stopped'] {
  return stop === undefined ? null : { ...stop, since: new Date(stop.since).toISOString() }
}
