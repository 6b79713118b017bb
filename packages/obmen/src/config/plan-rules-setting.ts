import {
  type ConflictPolicy,
  DEFAULT_PLAN_RULES,
  type KeyBlockRule,
  parseNodeCode,
  type PlanRules,
  type TableRule,
} from '@obmen/exchange'

import { ValueInvalid } from '../errors/value-error.ts'
import type { RawSetting } from './raw-setting.ts'
import { checkNames, readText, readValue, type Settings, wrongShape } from './settings.ts'
import { type Bounds, parseCount } from './units.ts'

const TABLE_RULE_KEYS = ['where', 'leaveOut', 'direction', 'conflicts', 'keyBlocks']

/** A smaller block is used up between two letters; of larger ones a key of 32 bits has few. */
const KEY_BLOCK_SIZE: Bounds = { lowest: 10, highest: 100_000_000, usual: 10_000 }

/**
 * Reads `main`, `conflicts`, `strict`, `foreignKeys` and `rules`: what the plan says of tables, shares and conflicts. Whether the tables and
 * columns are there shows when the database is opened. Throws {@link ConfigInvalid}.
 */
export function readPlanRules(settings: Settings): PlanRules {
  const main = settings.find('main')
  const conflicts = settings.find('conflicts')
  const foreignKeys = settings.find('foreignKeys')
  return {
    ...(main && { mainNode: readValue(main, 'main', parseNodeCode) }),
    conflicts: conflicts ? readPolicy(conflicts, 'conflicts') : DEFAULT_PLAN_RULES.conflicts,
    strict: settings.readOr('strict', DEFAULT_PLAN_RULES.strict, readYesNo),
    ...(foreignKeys && { foreignKeys: readValue(foreignKeys, 'foreignKeys', readForeignKeys) }),
    tables: readTableRules(settings.find('rules')),
  }
}

function readTableRules(setting: RawSetting | undefined): ReadonlyMap<string, TableRule> {
  if (setting === undefined) return new Map()
  if (setting.kind !== 'map') throw wrongShape(setting, 'rules')
  return new Map(
    [...setting.entries].map(([table, rule]) => [table, readTableRule(rule, `rules.${table}`)]),
  )
}

function readTableRule(setting: RawSetting, key: string): TableRule {
  if (setting.kind !== 'map') throw wrongShape(setting, key)
  checkNames(setting.entries, TABLE_RULE_KEYS, `${key}.`)
  const where = setting.entries.get('where')
  const leaveOut = setting.entries.get('leaveOut')
  const direction = setting.entries.get('direction')
  const conflicts = setting.entries.get('conflicts')
  const keyBlocks = setting.entries.get('keyBlocks')
  return {
    ...(where && { where: readValue(where, `${key}.where`, readText) }),
    leaveOut: leaveOut ? readNames(leaveOut, `${key}.leaveOut`) : [],
    direction: direction ? readValue(direction, `${key}.direction`, readDirection) : 'both',
    ...(conflicts && { conflicts: readPolicy(conflicts, `${key}.conflicts`) }),
    ...(keyBlocks && { keyBlocks: readKeyBlocks(keyBlocks, `${key}.keyBlocks`) }),
  }
}

/** A size, or a map of it and of the reserve: with fewer numbers left a node gets the next block. By default it is a quarter. */
function readKeyBlocks(setting: RawSetting, key: string): KeyBlockRule {
  const parts = setting.kind === 'map' ? setting.entries : new Map([['size', setting]])
  checkNames(parts, ['size', 'reserve'], `${key}.`)
  const sizeSetting = parts.get('size')
  if (sizeSetting === undefined) throw wrongShape(setting, key)
  const size = readValue(sizeSetting, `${key}.size`, (text) => parseCount(text, KEY_BLOCK_SIZE))
  const reserve = parts.get('reserve')
  // With a reserve as large as the block, each message would bring a new one.
  const usual = Math.ceil(size / 4)
  const bounds = { lowest: 1, highest: size - 1, usual }
  return {
    size,
    reserve: reserve
      ? readValue(reserve, `${key}.reserve`, (text) => parseCount(text, bounds))
      : usual,
  }
}

function readPolicy(setting: RawSetting, key: string): ConflictPolicy {
  if (setting.kind === 'text') return readValue(setting, key, readPolicyWord)
  if (setting.kind !== 'map') throw wrongShape(setting, key)
  checkNames(setting.entries, ['priority'], `${key}.`)
  const list = setting.entries.get('priority')
  if (list?.kind !== 'list') throw wrongShape(list ?? setting, key)
  const nodes = list.items.map((item) => readValue(item, `${key}.priority`, parseNodeCode))
  return { kind: 'priority', nodes }
}

function readNames(setting: RawSetting, key: string): readonly string[] {
  if (setting.kind !== 'list') throw wrongShape(setting, key)
  return setting.items.map((item) => readValue(item, key, readText))
}

function readPolicyWord(text: string): ConflictPolicy {
  if (text === 'latest' || text === 'ours' || text === 'theirs' || text === 'ask') {
    return { kind: text }
  }
  throw new ValueInvalid({
    text,
    expected: 'choice',
    example: 'latest, ours, theirs, ask, { priority: [HQ, S01] }',
  })
}

function readDirection(text: string): TableRule['direction'] {
  if (text === 'both' || text === 'out' || text === 'in') return text
  throw new ValueInvalid({ text, expected: 'choice', example: 'both, out, in' })
}

function readForeignKeys(text: string): 'kept' | 'ignored' {
  if (text === 'kept' || text === 'ignored') return text
  throw new ValueInvalid({ text, expected: 'choice', example: 'kept, ignored' })
}

function readYesNo(text: string): boolean {
  if (['yes', 'true', 'да'].includes(text)) return true
  if (['no', 'false', 'нет'].includes(text)) return false
  throw new ValueInvalid({ text, expected: 'choice', example: 'yes, no' })
}
