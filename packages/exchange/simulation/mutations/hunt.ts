import { fork } from 'node:child_process'

import { type BatchResult, isBatchResult } from '../run/batch.ts'
import type { Mutation } from './mutation.ts'

/** How a mutation was noticed; without a failure it was not. */
export interface Hunt {
  readonly mutation: Mutation
  readonly result: BatchResult
}

/** Runs worlds 1, 2, 3, … with a broken engine, in a process of its own, until one of them fails. */
export function hunt(mutation: Mutation, worlds: number): Promise<Hunt> {
  const program = new URL('./mutated-process.ts', import.meta.url)
  const child = fork(program, [mutation.name, String(worlds)], { execArgv: [] })
  return new Promise((resolve, reject) => {
    let result: BatchResult | undefined
    child.on('message', (message) => {
      if (isBatchResult(message)) result = message
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (result !== undefined) resolve({ mutation, result })
      else reject(new Error(`the process of mutation "${mutation.name}" ended with ${code}`))
    })
  })
}
