/**
 * What a header line says of keys.
 *
 *     "keys":[["Orders",10001,20000,17433,17433,1,30000]]    table, block, used, greatest, climbs, through
 *     "blocks":[["Orders",30001,40000,40000]]                table, block, through
 *
 * Where there is no block, its two numbers are 0.
 */
import type { KeyBlock, KeyGrant, KeyReport } from '../plan/key-blocks.ts'
import { MessageDamaged } from './errors.ts'
import { isArray } from './json.ts'

export function formatKeyReport(report: KeyReport): readonly (string | number)[] {
  const { table, block, used, greatest, climbs, through } = report
  return [table, block?.first ?? 0, block?.last ?? 0, used, greatest, climbs ? 1 : 0, through]
}

export function formatKeyGrant({ table, block, through }: KeyGrant): readonly (string | number)[] {
  return [table, block?.first ?? 0, block?.last ?? 0, through]
}

/** `undefined` when the header says nothing of it. Throws {@link MessageDamaged}. */
export function readKeyReports(json: unknown): KeyReport[] | undefined {
  return readLines(json, 'keys')?.map((line) => {
    const [first = 0, last = 0, used = 0, greatest = 0, climbs = 0, through = 0] = line.numbers
    const block = readBlock(first, last)
    return { table: line.table, ...block, used, greatest, climbs: climbs === 1, through }
  })
}

/** `undefined` when the header says nothing of it. Throws {@link MessageDamaged}. */
export function readKeyGrants(json: unknown): KeyGrant[] | undefined {
  return readLines(json, 'blocks')?.map(
    ({ table, numbers: [first = 0, last = 0, through = 0] }) => {
      return { table, ...readBlock(first, last), through }
    },
  )
}

interface KeyLine {
  readonly table: string
  readonly numbers: readonly number[]
}

function readLines(json: unknown, name: string): KeyLine[] | undefined {
  if (json === undefined) return undefined
  if (!isArray(json)) throw new MessageDamaged(`its header has no ${name}`)
  return json.map((line): KeyLine => {
    const [table, ...rest] = isArray(line) ? line : []
    const numbers = rest.filter(isKey)
    if (typeof table !== 'string' || numbers.length !== rest.length) {
      throw new MessageDamaged(`its header has no ${name}`)
    }
    return { table, numbers }
  })
}

function isKey(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}

function readBlock(first: number, last: number): { readonly block?: KeyBlock } {
  return first > 0 && last >= first ? { block: { first, last } } : {}
}
