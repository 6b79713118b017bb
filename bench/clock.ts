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
