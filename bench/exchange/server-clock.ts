import { readdirSync, readFileSync } from 'node:fs'

import { costOf } from '../clock.ts'

/** Of the clock that Linux counts the time of processes by. */
const TICK_MS = 10

/** What something takes on both sides of a connection: elapsed time, and processor time of this process and of a server beside it. */
export interface SharedCost {
  readonly elapsedMs: number
  /** Not a number where the system does not say it in `/proc`. */
  readonly processorMs: number
}

export async function sharedCostOf(serverPid: number, work: () => unknown): Promise<SharedCost> {
  const before = serverMs(serverPid)
  const { elapsedMs, processorMs } = await costOf(work)
  return { elapsedMs, processorMs: processorMs + serverMs(serverPid) - before }
}

/** Processor time of a server so far, with the processes that it has started, and those of them that have ended. */
function serverMs(pid: number): number {
  const own = readTimes(pid)
  if (own === undefined) return Number.NaN
  let ticks = own.ticks + own.ticksOfEnded
  for (const entry of readdirSync('/proc')) {
    const other = /^\d+$/.test(entry) ? readTimes(Number(entry)) : undefined
    if (other?.parent === pid) ticks += other.ticks
  }
  return ticks * TICK_MS
}

interface Times {
  readonly parent: number
  readonly ticks: number
  readonly ticksOfEnded: number
}

/** See proc_pid_stat(5). A process may end while it is looked at. */
function readTimes(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map(
      (index) => fields[index] ?? Number.NaN,
    )
    if (parent === undefined) return undefined
    return {
      parent,
      ticks: (user ?? Number.NaN) + (system ?? Number.NaN),
      ticksOfEnded: (endedUser ?? Number.NaN) + (endedSystem ?? Number.NaN),
    }
  } catch {
    return undefined
  }
}
