import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface RunOptions {
  readonly kind: 'one' | 'many' | 'mutations' | 'help'
  readonly seed: number
  readonly worlds: number
  readonly nodes: number | undefined
  readonly steps: number | undefined
  readonly processes: number
  readonly postgres: boolean
  readonly trace: boolean
  readonly names: readonly string[]
}

/** What `--long` means. */
const LONG_WORLDS = 100_000

/** What a run takes when nobody says how many worlds. */
const USUAL_WORLDS = 1000

export const USAGE = `npm run simulate -- [options]

  --seed N        one world, or the first of --worlds; without --worlds its failure is shrunk and printed as a test
  --nodes K       so many nodes, 2 to 5
  --steps M       so many steps
  --trace         tell what happens in the world
  --worlds W      so many worlds, one seed after another
  --long          a hundred thousand worlds
  --postgres      some of the nodes have their database in PostgreSQL, all of a server that is started for the run
  --processes P   so many processes side by side; by default one for each core
  --mutations     break the engine on purpose and tell how many seeds it takes to notice, [names of mutations]

Examples:
  npm run simulate -- --seed 42 --nodes 3 --steps 30 --trace
  npm run simulate -- --long
  npm run simulate -- --postgres --worlds 100
`

export function readOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      nodes: { type: 'string' },
      steps: { type: 'string' },
      worlds: { type: 'string' },
      processes: { type: 'string' },
      long: { type: 'boolean' },
      trace: { type: 'boolean' },
      postgres: { type: 'boolean' },
      mutations: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  const isOne = values.seed !== undefined && values.worlds === undefined && values.long !== true
  return {
    kind:
      values.help === true
        ? 'help'
        : values.mutations === true
          ? 'mutations'
          : isOne
            ? 'one'
            : 'many',
    seed: readCount('seed', values.seed) ?? 1,
    worlds:
      readCount('worlds', values.worlds) ?? (values.long === true ? LONG_WORLDS : USUAL_WORLDS),
    nodes: readCount('nodes', values.nodes),
    steps: readCount('steps', values.steps),
    processes: readCount('processes', values.processes) ?? availableParallelism(),
    trace: values.trace === true,
    postgres: values.postgres === true,
    names: positionals,
  }
}

function readCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`--${name} takes a number`)
  return number
}
