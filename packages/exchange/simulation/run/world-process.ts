import { type ChildProcess, fork } from 'node:child_process'

import { type Batch, type BatchResult, isBatchResult } from './batch.ts'

/**
 * A world makes garbage, and keeps nothing: a collector that saves room takes a quarter of the time. It runs much code, and each piece of it
 * seldom: what is compiled at once, without much thought, takes a tenth less than what is interpreted first.
 */
const FOR_WORLDS = [
  '--initial-old-space-size=256',
  '--min-semi-space-size=16',
  '--always-sparkplug',
]

const AS_IT_IS = new URL('./batch-process.ts', import.meta.url)

/** The longest worlds take a few seconds on a machine with other things to do. What takes longer does not end. */
const MAX_WORLD_MS = 120_000

/** A process that runs worlds. When it ends in the middle of one, or one does not end, that is a failure of the world, and the next ones are run by another process. */
export class WorldProcess {
  readonly #program: URL
  readonly #args: readonly string[]
  #child: ChildProcess | undefined
  #isKilled = false

  /** Without a program, the engine is as it is. */
  constructor(program: URL = AS_IT_IS, args: readonly string[] = []) {
    this.#program = program
    this.#args = args
  }

  /** Runs the worlds of a batch, one after another. */
  async run(batch: Batch): Promise<BatchResult> {
    let result: BatchResult = { worlds: 0, cpuMs: 0, failures: [], told: [] }
    for (let from = batch.from; from < batch.to && !this.#isKilled;) {
      const part = await this.#runPart({ ...batch, from })
      result = {
        worlds: result.worlds + part.worlds,
        cpuMs: result.cpuMs + part.cpuMs,
        failures: [...result.failures, ...part.failures],
        told: [...result.told, ...part.told],
      }
      from += part.worlds
      if (result.failures.length >= (batch.stopAt ?? Number.POSITIVE_INFINITY)) break
    }
    return result
  }

  /** Lets the process go when it has nothing to do. */
  end(): void {
    this.#child?.disconnect()
    this.#child = undefined
  }

  kill(): void {
    this.#isKilled = true
    this.#child?.kill('SIGKILL')
  }

  /** Until the batch is done, or its process. */
  #runPart(batch: Batch): Promise<BatchResult> {
    const child = (this.#child ??= fork(this.#program, this.#args, { execArgv: FOR_WORLDS }))
    let seed = batch.from
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), MAX_WORLD_MS)
      const finish = (result: BatchResult): void => {
        clearTimeout(timer)
        child.removeAllListeners()
        resolve(result)
      }
      child.on('message', (message) => {
        timer.refresh()
        if (typeof message === 'number') seed = message
        else if (isBatchResult(message)) finish(message)
      })
      child.on('exit', (code, signal) => {
        this.#child = undefined
        const message = `a world ends: its process was ended by ${signal ?? String(code)}`
        const failure = { seed, rule: 'a world ends', message }
        finish({ worlds: seed + 1 - batch.from, cpuMs: 0, failures: [failure], told: [] })
      })
      child.send(batch)
    })
  }
}
