/** The processor time of the fastest of some runs, in microseconds: others on this machine can only make a run slower. */
export function costOf(run: () => unknown): number {
  let least = Infinity
  for (let round = 0; round < 4; round++) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}
