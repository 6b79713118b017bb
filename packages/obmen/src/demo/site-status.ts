/** What `status --json` says of a site, as far as the demo looks at it. */
export interface SiteStatus {
  readonly nodes: readonly NodeNumbers[]
  readonly checksums: readonly TableSum[]
}

export interface NodeNumbers {
  readonly node: string
  readonly sentNo: number
  readonly acknowledgedNo: number
  readonly receivedNo: number
  readonly unacknowledgedRows: number
  readonly waitingRows: number
  readonly gapBefore: number
}

export interface TableSum {
  readonly table: string
  readonly rowCount: number
  readonly sha256: string
}

/** Reads the output of `status --json`. Throws TypeError when it is something else. */
export function readStatus(json: unknown): SiteStatus {
  return {
    nodes: list(json, 'nodes').map((node) => ({
      node: text(node, 'node'),
      sentNo: number(node, 'sentNo'),
      acknowledgedNo: number(node, 'acknowledgedNo'),
      receivedNo: number(node, 'receivedNo'),
      unacknowledgedRows: number(node, 'unacknowledgedRows'),
      waitingRows: number(node, 'waitingRows'),
      gapBefore: number(node, 'gapBefore'),
    })),
    checksums: list(json, 'checksums').map((sum) => ({
      table: text(sum, 'table'),
      rowCount: number(sum, 'rowCount'),
      sha256: text(sum, 'sha256'),
    })),
  }
}

/** How many tables `init --json` has prepared, and how many rows they have. */
export function readPreparation(json: unknown): { readonly tables: number; readonly rows: number } {
  const tables = list(json, 'tables')
  return {
    tables: tables.length,
    rows: tables.reduce<number>((sum, table) => sum + number(table, 'rowCount'), 0),
  }
}

function list(json: unknown, name: string): readonly unknown[] {
  const value = property(json, name)
  return Array.isArray(value) ? value : []
}

function text(json: unknown, name: string): string {
  const value = property(json, name)
  if (typeof value === 'string') return value
  throw new TypeError(`"${name}" is not a text in the answer of a command`)
}

function number(json: unknown, name: string): number {
  const value = property(json, name)
  if (typeof value === 'number') return value
  throw new TypeError(`"${name}" is not a number in the answer of a command`)
}

function property(json: unknown, name: string): unknown {
  const entry = Object.entries(Object(json) as object).find(([key]) => key === name)
  return entry?.[1] as unknown
}
