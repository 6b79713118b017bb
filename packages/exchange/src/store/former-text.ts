/** What was in the epoch before, as a store keeps it. */
import { isArray } from '../message/json.ts'
import { toMessageNo } from '../plan/message-no.ts'
import type { NodeState } from '../plan/node-state.ts'

export function formatFormer({ former }: NodeState): string | null {
  if (former === undefined) return null
  const { epoch, acknowledgedNo, acknowledgedSeq, receivedNo } = former
  return JSON.stringify([epoch.counter, epoch.random, acknowledgedNo, acknowledgedSeq, receivedNo])
}

/** The empty text stands for none. */
export function parseFormer(text: string): Pick<NodeState, 'former'> {
  if (text === '') return {}
  const json: unknown = JSON.parse(text)
  const [counter, random, acknowledgedNo, acknowledgedSeq, receivedNo] = isArray(json) ? json : []
  return {
    former: {
      epoch: { counter: Number(counter), random: String(random) },
      acknowledgedNo: toMessageNo(Number(acknowledgedNo)),
      acknowledgedSeq: Number(acknowledgedSeq),
      receivedNo: toMessageNo(Number(receivedNo)),
    },
  }
}
