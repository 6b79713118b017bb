/** How long something takes, in milliseconds. */
export async function timeOf(work: () => unknown): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}

/** The most memory that this process has had so far. */
export function peakOctets(): number {
  return process.resourceUsage().maxRSS * 1024
}

/** What something takes: time, processor time of this process, and memory, all in milliseconds and octets. */
export interface Cost {
  readonly elapsedMs: number
  readonly processorMs: number
  readonly idleOctets: number
  readonly peakOctets: number
}

/** Measures all of it, once. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const idleOctets = peakOctets()
  const before = process.cpuUsage()
  const elapsedMs = await timeOf(work)
  const { user, system } = process.cpuUsage(before)
  return {
    elapsedMs,
    processorMs: (user + system) / 1000,
    idleOctets,
    peakOctets: peakOctets(),
  }
}
