/** What the tests of every store say to it, and how they put its answers into words. */
import {
  type ApplySummary,
  type ChangeBatch,
  type ChangeStore,
  type ExchangePlan,
  parseNodeCode,
  parsePlanName,
  type RowLine,
  type TableLine,
  type Value,
} from '@obmen/exchange'

export const PLAN: ExchangePlan = {
  name: parsePlanName('УдаленныеСклады'),
  thisNode: parseNodeCode('ЦБ'),
}

/** Whose message it is, and what it says of ours; without it `С01` writes, and has acknowledged nothing. */
export interface TestSender {
  readonly code?: string
  readonly acknowledgedSeq?: number
  readonly beginsAnew?: boolean
  readonly hasMore?: boolean
  readonly toldAgain?: number
}

/** Rows of one table, as a message carries them. */
export interface TestPart {
  readonly table: TableLine
  readonly rows: readonly RowLine[]
}

export interface TestRange {
  readonly ends?: readonly number[]
  readonly afterSeq: number
  readonly throughSeq: number
  readonly forNode?: string
}

/** Applies a message of another node. */
export function applyMessage(
  store: ChangeStore,
  parts: readonly TestPart[],
  { code = 'С01', ...knowledge }: TestSender,
): Promise<ApplySummary> {
  return store.transaction(async (transaction) => {
    await transaction.fold()
    const applier = await transaction.beginApplying({
      code: parseNodeCode(code),
      acknowledgedSeq: 0,
      nowMs: 1_800_000_000_000,
      ...knowledge,
    })
    for (const { table, rows } of parts) {
      await applier.beginTable(table)
      await applier.applyRows(rows)
    }
    return applier.finish()
  })
}

/** Everything in a range of the change index, as `С01` is offered it. */
export async function readBatches(store: ChangeStore, range: TestRange): Promise<ChangeBatch[]> {
  const forNode = parseNodeCode(range.forNode ?? 'С01')
  const batches: ChangeBatch[] = []
  for await (const batch of store.readChanges({ ...range, forNode })) batches.push(batch)
  return batches
}

/** A line for each row: `+ goods 1 "Tea"`. */
export function describeBatch({ table, changes }: ChangeBatch): string[] {
  return changes.map(({ row }) => {
    const values = row.values.map(describeValue).join(' ')
    return `${{ row: '+', deletion: '-', departure: 'x' }[row.kind]} ${table.table} ${values}`
  })
}

function describeValue(value: Value): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : `${value}`
  return value instanceof Uint8Array
    ? `x'${Buffer.from(value).toString('hex')}'`
    : JSON.stringify(value)
}

/** The row as it is so many milliseconds after the epoch, changed by a node. */
export function row(stamp: number, origin: string, ...values: Value[]): RowLine {
  return { kind: 'row', stamp, origin: parseNodeCode(origin), values }
}

export function deletion(stamp: number, origin: string, ...key: Value[]): RowLine {
  return { kind: 'deletion', stamp, origin: parseNodeCode(origin), values: key }
}

/** The row is no longer the share of the node that hears of it. */
export function departure(stamp: number, origin: string, ...key: Value[]): RowLine {
  return { kind: 'departure', stamp, origin: parseNodeCode(origin), values: key }
}

type ColumnType = TableLine['columns'][number]['type']

/** A table line: `tableLine('users', 1, { login: ['text', 'NOCASE'], age: 'integer' })`. */
export function tableLine(
  table: string,
  keyLength: number,
  columns: Readonly<Record<string, ColumnType | readonly [ColumnType, string]>>,
): TableLine {
  const named = Object.entries(columns).map(([name, form]) => {
    return typeof form === 'string'
      ? { name, type: form }
      : { name, type: form[0], collation: form[1] }
  })
  return { kind: 'table', table, keyLength, columns: named }
}
