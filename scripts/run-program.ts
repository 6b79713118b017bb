import { spawnSync } from 'node:child_process'

/** How a program is started. */
export interface ProgramOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Runs a program to its end and gives what it printed.
 *
 * @throws Error with everything it printed, when it ends with another status than 0.
 */
export function runProgram(
  program: string,
  words: readonly string[],
  options: ProgramOptions,
): string {
  const { stdout, stderr, status, error } = spawnSync(program, words, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (error !== undefined) throw error
  if (status === 0) return stdout
  const ending = status === null ? 'was ended by a signal' : `ended with status ${status}`
  throw new Error(`${[program, ...words].join(' ')} ${ending}:\n${stdout}${stderr}`)
}
