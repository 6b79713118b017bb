/** Sums of what tables hold, that two databases can compare, whatever they are and in whatever order they give their rows. */
import { hash } from 'node:crypto'

import type { TableLine } from '../message/body-lines.ts'
import type { PartSum, TableSum } from '../message/check-line.ts'
import type { Value } from '../message/values.ts'
import type { TableRule } from '../plan/plan-rules.ts'
import type { SumRequest } from './change-store.ts'

/**
 * Into so many parts the rows of a table are spread by their keys. A row that has changed since keeps its part from being compared:
 * the more parts there are, the more of a busy table is compared, and the longer is the message.
 */
const PART_COUNT = 64

/** Which columns of a table are summed, key columns first. */
export type SumLayout = Pick<TableSum, 'table' | 'keyLength' | 'columns'>

/** A table, as far as the rules of the plan decide on comparing it. */
interface RuledLine {
  /** With the columns that are sent. */
  readonly line: TableLine
  readonly direction: TableRule['direction']
  readonly condition?: unknown
}

/**
 * What of a table can be compared; `undefined` when nothing can. Both sides have the same rows only of a table that goes both ways,
 * whole. Keys that are equal without being the same would be two keys here.
 */
export function layoutOf(table: RuledLine, { columns }: SumRequest): SumLayout | undefined {
  const { line, direction, condition } = table
  const key = line.columns.slice(0, line.keyLength)
  const isWhole = direction === 'both' && condition === undefined && key.length > 0
  if (!isWhole || key.some(({ collation }) => collation !== undefined)) return undefined
  const names = line.columns.map(({ name }) => name)
  const ours = { table: line.table, keyLength: line.keyLength, columns: names }
  if (columns === undefined) return ours
  const theirs = columns.get(line.table)
  if (theirs === undefined || theirs.keyLength !== line.keyLength) return undefined
  const isSameKey = key.every(({ name }, index) => theirs.columns[index] === name)
  const areHere = theirs.columns.every((name) => names.includes(name))
  return isSameKey && areHere ? { ...theirs, table: line.table } : undefined
}

/** Sums the rows of one table, in constant memory. */
export class TableSummer {
  readonly #layout: SumLayout
  readonly #rowCounts = new Uint32Array(PART_COUNT)
  /** Two for each part: numbers of 64 bits would be objects. */
  readonly #sums = new Uint32Array(2 * PART_COUNT)
  readonly #open = new Set<number>()

  constructor(layout: SumLayout) {
    this.#layout = layout
  }

  /** Nothing can be said of any row: they need not be read. */
  get isOpen(): boolean {
    return this.#open.size === PART_COUNT
  }

  /** Nothing can be said of a row. */
  leaveOpen(key: readonly Value[]): void {
    this.#open.add(partOf(textOf(key)))
  }

  leaveAllOpen(): void {
    for (let part = 0; part < PART_COUNT; part += 1) this.#open.add(part)
  }

  add(values: readonly Value[]): void {
    const key = textOf(values.slice(0, this.#layout.keyLength))
    const part = partOf(key)
    // A string of octets: a Buffer for each row costs as much as the hash.
    const digest = hash('sha256', key + textOf(values.slice(this.#layout.keyLength)), 'binary')
    this.#rowCounts[part] = (this.#rowCounts[part] ?? 0) + 1
    for (const half of [0, 1]) {
      const place = 2 * part + half
      this.#sums[place] = (this.#sums[place] ?? 0) + numberAt(digest, 4 * half)
    }
  }

  sum(): TableSum {
    const parts = Array.from(this.#rowCounts, (rowCount, part): PartSum | undefined => {
      if (this.#open.has(part)) return undefined
      return rowCount === 0 ? EMPTY_PART : { rowCount, sum: this.#digits(part) }
    })
    return { ...this.#layout, parts }
  }

  #digits(part: number): string {
    const halves = [this.#sums[2 * part] ?? 0, this.#sums[2 * part + 1] ?? 0]
    return halves.map((half) => half.toString(16).padStart(8, '0')).join('')
  }
}

/** Of a small table most parts are. */
const EMPTY_PART: PartSum = { rowCount: 0, sum: '0'.repeat(16) }

/** Of text values the length says where they end. Numbers that are equal are the same: one database has 5 where another one has 5.0. */
function textOf(values: readonly Value[]): string {
  let text = ''
  for (const value of values) {
    if (value === null) text += 'n'
    else if (typeof value === 'string') text += `t${value.length}:${value}`
    else if (typeof value === 'bigint') text += `i${value};`
    else if (typeof value === 'number') text += formatNumber(value)
    else
      text += `b${value.length}:${Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')}`
  }
  return text
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? `i${BigInt(value)};` : `r${value};`
}

/** Four octets of a digest as a number of 32 bits. */
function numberAt(digest: string, at: number): number {
  let number = 0
  for (let index = at; index < at + 4; index += 1) number = (number << 8) | digest.charCodeAt(index)
  return number
}

/** FNV-1a of 32 bits over the key's UTF-16 units. */
function partOf(key: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1) {
    state = Math.imul(state ^ key.charCodeAt(index), 0x01000193)
  }
  return (state >>> 16) % PART_COUNT
}
