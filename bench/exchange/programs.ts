import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Starts a program of this folder that goes on running, and waits until it has printed a line. */
export async function startProgram(file: string, args: readonly string[]): Promise<ChildProcess> {
  const program = spawnProgram(file, args)
  await once(program.stdout ?? program, 'data')
  return program
}

/** Runs a program of this folder that prints its figures as JSON. */
export async function runProgram<Figures>(file: string, args: readonly string[]): Promise<Figures> {
  const program = spawnProgram(file, args)
  const output = program.stdout === null ? '' : await text(program.stdout)
  const figures: Figures = JSON.parse(output)
  return figures
}

function spawnProgram(file: string, args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, file)
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}
