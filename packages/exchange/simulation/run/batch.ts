import type { ServerAddress } from '../postgres/questions.ts'
import { useServer } from '../postgres/run-server.ts'
import { drawStory, type Failure, runStory, type StoryOptions } from './run-world.ts'

/** Seeds for one process: from the first to before the last. */
export interface Batch {
  readonly from: number
  readonly to: number
  readonly story: StoryOptions
  /** Where nodes have their databases in PostgreSQL. */
  readonly server?: ServerAddress
  /** Ends at so many failures. */
  readonly stopAt?: number
  /** What happens is told line by line. */
  readonly isTold?: boolean
}

export interface BatchResult {
  readonly worlds: number
  readonly cpuMs: number
  readonly failures: readonly (Failure & { readonly seed: number })[]
  readonly told: readonly string[]
}

/** Runs the worlds of a batch, and says which one begins. */
export async function runBatch(
  batch: Batch,
  onBegin?: (seed: number) => void,
): Promise<BatchResult> {
  const { stopAt = Number.POSITIVE_INFINITY } = batch
  if (batch.server !== undefined) useServer(batch.server)
  const before = process.cpuUsage()
  const failures: (Failure & { seed: number })[] = []
  const told: string[] = []
  const tell = batch.isTold === true ? (line: string): number => told.push(line) : undefined
  let worlds = 0
  for (let seed = batch.from; seed < batch.to && failures.length < stopAt; seed += 1) {
    onBegin?.(seed)
    const failure = await runStory(drawStory(seed, batch.story), tell)
    worlds += 1
    if (failure !== undefined) failures.push({ seed, ...failure })
  }
  const { user, system } = process.cpuUsage(before)
  return { worlds, cpuMs: (user + system) / 1000, failures, told }
}

export function isBatch(message: unknown): message is Batch {
  return typeof message === 'object' && message !== null && 'from' in message && 'to' in message
}

export function isBatchResult(message: unknown): message is BatchResult {
  return typeof message === 'object' && message !== null && 'failures' in message
}
