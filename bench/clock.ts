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

/** What something takes of the processor, in this process and all its threads, beside how long it takes; both in milliseconds. */
export async function costOf(
  work: () => unknown,
): Promise<{ readonly elapsedMs: number; readonly cpuMs: number }> {
  const before = process.cpuUsage()
  const elapsedMs = await timeOf(work)
  const { user, system } = process.cpuUsage(before)
  return { elapsedMs, cpuMs: (user + system) / 1000 }
}
