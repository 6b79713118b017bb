import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Runs a program that leaves a server behind. The server keeps the output streams it was started with, so they are a
 * file: a pipe would be held open, and waited for, as long as the server lives.
 *
 * @throws Error with what was printed, when the program ends with another status than 0.
 */
export function startDaemon(program: string, words: readonly string[], folder: string): void {
  const path = join(folder, `${program}-start.log`)
  const output = openSync(path, 'w')
  try {
    const { status, error } = spawnSync(program, words, {
      cwd: folder,
      stdio: ['ignore', output, output],
    })
    if (error !== undefined) throw error
    if (status !== 0) throw new Error(`${program} did not start:\n${readFileSync(path, 'utf8')}`)
  } finally {
    closeSync(output)
  }
}
