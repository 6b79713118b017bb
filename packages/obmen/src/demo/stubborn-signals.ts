const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/**
 * Runs `cleanUp` before a second signal ends the process. Ctrl-C in `npm run` often comes twice, once from the terminal and
 * once from npm, so the second may follow the first at once.
 */
export function cleanUpOnSecondSignal(cleanUp: () => void): Disposable {
  let count = 0
  const listen = (signal: NodeJS.Signals): void => {
    count += 1
    if (count < 2) return
    stop()
    // Only after this turn does nobody listen any more, and the signal does what it does to any program.
    setImmediate(() => {
      cleanUp()
      process.kill(process.pid, signal)
    })
  }
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, listen)
  }
  for (const signal of SIGNALS) process.on(signal, listen)
  return { [Symbol.dispose]: stop }
}
