import type { ServerAddress } from '../postgres/questions.ts'
import type { BatchResult } from '../run/batch.ts'
import { WorldProcess } from '../run/world-process.ts'
import type { Mutation } from './mutation.ts'

/** How a mutation was noticed; without a failure it was not. */
export interface Hunt {
  readonly mutation: Mutation
  readonly result: BatchResult
}

/** Runs worlds 1, 2, 3, … with a broken engine, in a process of its own, until one of them fails. With a server they are worlds with PostgreSQL. */
export async function hunt(
  mutation: Mutation,
  worlds: number,
  server?: ServerAddress,
): Promise<Hunt> {
  const process = new WorldProcess(new URL('./mutated-process.ts', import.meta.url), [
    mutation.name,
  ])
  const result = await process.run({
    from: 1,
    to: 1 + worlds,
    story: server === undefined ? {} : { postgres: true },
    ...(server && { server }),
    stopAt: 1,
  })
  process.end()
  return { mutation, result }
}
