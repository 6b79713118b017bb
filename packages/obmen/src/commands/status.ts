import type {
  ConflictRecord,
  KeyState,
  RefusedRow,
  SetAsideThere,
  TableChecksum,
  TableDiffers,
  UnsentRow,
} from '@obmen/exchange'

import { EXIT } from '../errors/exit-code.ts'
import type { Site } from '../site/open-site.ts'
import type { Command } from './command.ts'
import { reportConflict } from './conflict-report.ts'
import { siteOf } from './configuration.ts'
import { type NodeReport, reportNode } from './node-report.ts'
import { reportRefused } from './refused-report.ts'
import { statusHelp } from './status-help.ts'
import { formatStatus } from './status-report.ts'
import { warnOfUnprepared } from './unprepared-tables.ts'
import { countWaitingRows, type WaitingRows } from './waiting-rows.ts'

/** Shows every node with its numbers and what waits, the rows that were refused, and the conflicts. */
export const statusCommand: Command = {
  name: 'status',
  help: statusHelp,
  arguments: [],
  options: { checksums: { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation) {
    const { io, options } = invocation
    await using site = await siteOf(invocation)
    await warnOfUnprepared(invocation, site)
    const status = await readStatus(site, { withChecksums: options.isSet('checksums') })
    io.out(options.isSet('json') ? formatJson(status) : formatStatus(status, invocation))
    return EXIT.ok
  },
}

/** Everything that `status` tells. */
export interface Status {
  readonly plan: string
  readonly node: string
  /** The head office, as the configuration has it; `null` when it names none. */
  readonly main: string | null
  readonly database: string
  readonly address: string
  readonly nodes: readonly NodeStatus[]
  readonly refusedRows: readonly RefusedRow[]
  readonly unsentRows: readonly UnsentRow[]
  /** Rows of this node that others could not take. */
  readonly setAsideThere: readonly SetAsideThere[]
  readonly differences: readonly TableDiffers[]
  readonly conflicts: readonly ConflictRecord[]
  readonly keyBlocks: readonly KeyState[]
  readonly checksums: readonly TableChecksum[] | undefined
}

export interface NodeStatus extends NodeReport, WaitingRows {}

/** Reads the status of a site, and changes nothing: a program that writes is not kept waiting by it. */
export async function readStatus(
  { config, store }: Site,
  { withChecksums }: { readonly withChecksums: boolean },
): Promise<Status> {
  const nodes = await store.nodes()
  const waiting = await countWaitingRows(store, nodes)
  return {
    plan: config.plan.name,
    node: config.plan.thisNode,
    main: config.rules.mainNode ?? null,
    database: config.database,
    address: config.address.addrSpec,
    nodes: nodes.map((node, index) => {
      return { ...reportNode(node), ...(waiting[index] ?? { waitingRows: 0 }) }
    }),
    refusedRows: await store.refusedRows(),
    unsentRows: await store.unsentRows(),
    setAsideThere: await store.setAsideThere(),
    differences: await store.differences(),
    conflicts: await store.conflicts(),
    keyBlocks: await store.keyStates(),
    checksums: withChecksums ? await store.checksums() : undefined,
  }
}

function formatJson(status: Status): string {
  const instant = (ms: number): string => new Date(ms).toISOString()
  const { refusedRows, unsentRows, setAsideThere, differences, ...others } = status
  const { conflicts, keyBlocks, checksums, ...rest } = others
  const json = {
    ...rest,
    refusedRows: refusedRows.map(reportRefused),
    unsentRows: unsentRows.map(({ table, key, reason, setAsideAt }) => {
      return { table, key, reason, setAsideAt: instant(setAsideAt) }
    }),
    setAsideThere: setAsideThere.map(({ toldAt, ...there }) => {
      return { ...there, toldAt: instant(toldAt) }
    }),
    differences: differences.map(({ foundAt, ...difference }) => {
      return { ...difference, foundAt: instant(foundAt) }
    }),
    conflicts: conflicts.map(reportConflict),
    ...(keyBlocks.length > 0 && {
      keyBlocks: keyBlocks.map(({ block, ...state }) => ({ ...state, block: block ?? null })),
    }),
    ...(checksums && { checksums }),
  }
  return `${JSON.stringify(json)}\n`
}
