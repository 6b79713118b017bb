import type { RunOptions } from './options.ts'
import type { ServerAddress } from '../postgres/questions.ts'
import type { BatchResult } from './batch.ts'
import { storyOptions } from './one.ts'
import { WorldProcess } from './world-process.ts'

/** Seeds that a process takes at a time: about a second. */
const BATCH_SEEDS = 20

/** After so many worlds it is told how far the run is; those with PostgreSQL take long. */
const PROGRESS_WORLDS = { usual: 200, postgres: 20 }

/** A run that finds so many failures has found one defect, or the simulation has one. */
const MAX_FAILURES = 20

/** Runs worlds in several processes. An interrupt ends the run with its summary. Gives the exit code. */
export async function runMany(
  options: RunOptions & { readonly server?: ServerAddress },
  print: (line: string) => void,
): Promise<number> {
  const run = new ManyWorlds(options, print)
  const stop = (): void => run.stop()
  process.once('SIGINT', stop)
  await run.finish()
  process.removeListener('SIGINT', stop)
  return run.printSummary()
}

class ManyWorlds {
  readonly #options: RunOptions & { readonly server?: ServerAddress }
  readonly #print: (line: string) => void
  readonly #processes = new Set<WorldProcess>()
  readonly #failures: BatchResult['failures'][number][] = []
  readonly #beganAt = performance.now()
  #nextSeed: number
  #done = 0
  #cpuMs = 0
  #isStopped = false

  constructor(
    options: RunOptions & { readonly server?: ServerAddress },
    print: (line: string) => void,
  ) {
    this.#options = options
    this.#print = print
    this.#nextSeed = options.seed
  }

  stop(): void {
    this.#isStopped = true
    for (const process of this.#processes) process.kill()
  }

  async finish(): Promise<void> {
    const { processes } = this.#options
    await Promise.all(Array.from({ length: Math.max(processes, 1) }, () => this.#work()))
  }

  printSummary(): number {
    const seconds = (performance.now() - this.#beganAt) / 1000
    this.#print(
      `${this.#done} worlds in ${seconds.toFixed(0)} s (${(this.#cpuMs / Math.max(this.#done, 1)).toFixed(1)} ms of CPU each), ` +
        `${this.#failures.length} failed`,
    )
    for (const { seed, message } of this.#failures) {
      this.#print(`  seed ${seed}: ${message.split('\n')[0] ?? ''}`)
    }
    const [first] = this.#failures
    if (first !== undefined) this.#print(`look closer: ${this.#commandFor(first.seed)}`)
    return this.#failures.length > 0 ? 1 : 0
  }

  /** The world is another one with another number of nodes or steps, or without PostgreSQL. */
  #commandFor(seed: number): string {
    const { nodes, steps, postgres } = this.#options
    const asked = [
      ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
      ...(steps === undefined ? [] : [`--steps ${steps}`]),
      ...(postgres ? ['--postgres'] : []),
    ]
    return ['npm run simulate --', `--seed ${seed}`, ...asked].join(' ')
  }

  /** Lets one process work until there is nothing left. */
  async #work(): Promise<void> {
    const { seed, worlds, server } = this.#options
    const last = seed + worlds
    const process = new WorldProcess()
    this.#processes.add(process)
    while (this.#nextSeed < last && this.#failures.length < MAX_FAILURES) {
      const from = this.#nextSeed
      this.#nextSeed = Math.min(from + BATCH_SEEDS, last)
      const story = storyOptions(this.#options)
      const result = await process.run({
        from,
        to: this.#nextSeed,
        story,
        ...(server && { server }),
      })
      if (this.#isStopped) return
      this.#take(result)
    }
    process.end()
  }

  #take({ worlds, cpuMs, failures }: BatchResult): void {
    this.#done += worlds
    this.#cpuMs += cpuMs
    this.#failures.push(...failures)
    for (const { seed, message } of failures) this.#print(`seed ${seed} fails: ${message}`)
    const { usual, postgres } = PROGRESS_WORLDS
    if (this.#done % (this.#options.postgres ? postgres : usual) > 0) return
    this.#print(`${this.#done} of ${this.#options.worlds} worlds, ${this.#failures.length} failed`)
  }
}
