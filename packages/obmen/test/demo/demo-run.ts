import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { main } from '../../src/main.ts'
import type { Io } from '../../src/output/io.ts'

/** What a demo said, and how it ended. */
export interface DemoRun {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface DemoRunOptions {
  readonly cwd?: string
  readonly env?: Io['env']
  readonly isTerminal?: boolean
  /** Called with everything that is printed, as it is printed. */
  readonly onOut?: (text: string) => void
  readonly signal?: AbortSignal
}

/** Runs a command line in this process. */
export async function runHere(
  argv: readonly string[],
  options: DemoRunOptions = {},
): Promise<DemoRun> {
  const out: string[] = []
  const err: string[] = []
  const signal = options.signal ?? new AbortController().signal
  const io: Io = {
    out: (text) => {
      out.push(text)
      options.onOut?.(text)
    },
    err: (text) => void err.push(text),
    isTerminal: options.isTerminal ?? false,
    columns: 100,
    cwd: options.cwd ?? tmpdir(),
    env: options.env ?? {},
    systemLocale: 'en-GB',
    now: () => Date.now(),
    input: () => Promise.resolve(''),
    interruption: () => signal,
  }
  const exitCode = await main(argv, io)
  return { exitCode, out: out.join(''), err: err.join('') }
}

/** A folder for a test, removed by `using`. */
export class TestFolder implements Disposable {
  readonly path: string

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'obmen-test-'))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The temporary folder that a demo names in what it says. */
export function temporaryFolderIn(out: string): string {
  return /\/\S*obmen-demo-\w+/.exec(out)?.[0] ?? ''
}
