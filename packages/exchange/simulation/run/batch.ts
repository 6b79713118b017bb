import { drawStory, type Failure, runStory, type StoryOptions } from './run-world.ts'

/** Seeds for one process: from the first to before the last. */
export interface Batch {
  readonly from: number
  readonly to: number
  readonly story: StoryOptions
}

export interface BatchResult {
  readonly worlds: number
  readonly cpuMs: number
  readonly failures: readonly (Failure & { readonly seed: number })[]
}

/** Runs the worlds of a batch. With `stopAt` it ends at so many failures. */
export async function runBatch(
  batch: Batch,
  stopAt: number = Number.POSITIVE_INFINITY,
): Promise<BatchResult> {
  const before = process.cpuUsage()
  const failures: (Failure & { seed: number })[] = []
  let worlds = 0
  for (let seed = batch.from; seed < batch.to && failures.length < stopAt; seed += 1) {
    const failure = await runStory(drawStory(seed, batch.story))
    worlds += 1
    if (failure !== undefined) failures.push({ seed, ...failure })
  }
  const { user, system } = process.cpuUsage(before)
  return { worlds, cpuMs: (user + system) / 1000, failures }
}

export function isBatch(message: unknown): message is Batch {
  return typeof message === 'object' && message !== null && 'from' in message && 'to' in message
}

export function isBatchResult(message: unknown): message is BatchResult {
  return typeof message === 'object' && message !== null && 'failures' in message
}
