/** A process that runs worlds: takes batches of seeds until its parent has no more, and says which world it begins. */
import '../hooks/simulated-disk.ts'

const { isBatch, runBatch } = await import('./batch.ts')

process.on('message', (message) => {
  if (!isBatch(message)) return
  runBatch(message, (seed) => process.send?.(seed)).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.exitCode = 1
      process.disconnect()
      throw error
    },
  )
})
// Its parent ends the run, also when a terminal tells all of them to end.
process.on('SIGINT', () => undefined)
