/** What a world's plan says of shares and conflicts. */
import { type ConflictPolicy, parseNodeCode, type PlanRules } from '@obmen/exchange'

import { SHARED_TABLE, type WorldShape } from './shape.ts'
import { quote } from './tables.ts'

/** The head office gives its nodes a part of the first table, by the last digit of each row's note. */
export const ZONE = 'zone'

export function rulesOf(shape: WorldShape, node: number): PlanRules {
  const table = shape.tables[SHARED_TABLE]
  const isShared = shape.zones !== undefined && node === 0 && table !== undefined
  const rule = { direction: 'both', leaveOut: [] } as const
  return {
    conflicts: policyOf(shape),
    strict: false,
    tables: new Map(
      isShared ? [[table.name, { ...rule, where: conditionOn(table.note, `:${ZONE}`) }]] : [],
    ),
  }
}

/** The rows of a zone, in SQL. */
export function conditionOn(note: string, zone: string): string {
  return `instr(${zone}, substr(${quote(note)}, -1)) > 0`
}

function policyOf({ policy, codes }: WorldShape): ConflictPolicy {
  switch (policy) {
    case 'latest':
    case 'ours':
    case 'theirs':
    case 'ask':
      return { kind: policy }
    case 'priority':
      return { kind: 'priority', nodes: codes.slice(1).map((code) => parseNodeCode(code)) }
    case 'function':
      return { kind: 'function', resolve: ({ ours }) => (ours === undefined ? 'theirs' : 'ours') }
  }
}
