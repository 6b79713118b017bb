/** A row of one table: `1:["key"]`. */
export type RowId = string

/** One version of a row: when and where it was made, and what it is; `undefined` when it is gone. */
export interface RowState {
  readonly stamp: number
  readonly origin: string
  readonly text: string | undefined
}

/**
 * Positive when `a` is the newer one. Two lives of a node that was restored may give one version two contents: then the greater text
 * wins, everywhere alike, and a deletion is less than any row.
 */
export function compareStates(a: RowState, b: RowState): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1
  const [ours, theirs] = [a.text ?? '', b.text ?? '']
  if (ours === theirs) return 0
  return ours < theirs ? -1 : 1
}

export function rowId(table: number, key: readonly unknown[]): RowId {
  return `${table}:${JSON.stringify(key)}`
}

export function describeState(state: RowState | undefined): string {
  if (state === undefined) return 'nothing'
  return `${state.text ?? 'a deletion'} @${state.stamp}/${state.origin}`
}
