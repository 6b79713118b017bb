/** What a world's plan says of shares and conflicts. */
import {
  type ConflictPolicy,
  type NodeCode,
  parseNodeCode,
  type PlanRules,
  type TableRule,
} from '@obmen/exchange'

import { countsKeys, isCounted } from './counted-rows.ts'
import {
  type DatabaseKind,
  databaseOf,
  OWN,
  SHARED_TABLE,
  type TableShape,
  type WorldShape,
} from './shape.ts'
import { quote } from './tables.ts'

/** The head office gives its nodes a part of the first table, by the last digit of each row's note. */
export const ZONE = 'zone'

export function rulesOf(shape: WorldShape, node: number): PlanRules {
  const mainNode = mainNodeOf(shape)
  return {
    conflicts: policyOf(shape),
    strict: shape.isStrict === true,
    ...(mainNode !== undefined && { mainNode }),
    tables: new Map(shape.tables.flatMap((table, index) => ruleOf(shape, node, { table, index }))),
  }
}

/** The head office is named where it hands out keys. */
export function mainNodeOf(shape: WorldShape): NodeCode | undefined {
  return countsKeys(shape) ? parseNodeCode(shape.codes[0] ?? '') : undefined
}

function ruleOf(
  shape: WorldShape,
  node: number,
  { table, index }: { readonly table: TableShape; readonly index: number },
): [string, TableRule][] {
  const isShared = shape.zones !== undefined && node === 0 && index === SHARED_TABLE
  const keepsOwn = table.hasOwnColumn === true && (shape.ownColumnsBy !== 'office' || node === 0)
  if (!isShared && !keepsOwn && (table.oneWayBy ?? table.keyBlocks) === undefined) return []
  const rule: TableRule = {
    direction: directionOf(table, node),
    leaveOut: keepsOwn ? [OWN] : [],
    ...(isCounted(table) && { keyBlocks: table.keyBlocks }),
    ...(isShared && { where: conditionOn(table.note, `:${ZONE}`, databaseOf(shape, node)) }),
  }
  return [[table.name, rule]]
}

function directionOf({ oneWayBy }: TableShape, node: number): TableRule['direction'] {
  if (oneWayBy === 'office' && node === 0) return 'out'
  return oneWayBy === 'nodes' && node > 0 ? 'in' : 'both'
}

/** The rows of a zone, in SQL. */
export function conditionOn(note: string, zone: string, kind: DatabaseKind): string {
  if (kind !== 'sqlite') return `strpos(${zone}, right(${quote(note)}, 1)) > 0`
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
