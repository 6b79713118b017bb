import { type ExchangePlan, parseNodeCode, parsePlanName, type PlanName } from '@obmen/exchange'

import type { WorldShape } from '../world/shape.ts'

export function planNameOf({ plan = 'УдаленныеСклады' }: WorldShape): PlanName {
  return parsePlanName(plan)
}

export function planOf(shape: WorldShape, node: number): ExchangePlan {
  return {
    name: planNameOf(shape),
    thisNode: parseNodeCode(shape.codes[node] ?? ''),
  }
}
