import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Starts a program of this folder that goes on running, and gives the first that it printed. */
export async function startProgram(
  file: string,
  args: readonly string[],
): Promise<{ readonly process: ChildProcess; readonly words: string }> {
  const program = spawnProgram(file, args)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  program.stdout?.once('data', (words) => resolve(String(words)))
  program.once('exit', (status) => reject(new Error(`${file} ended with status ${status}`)))
  return { process: program, words: await promise }
}

/** Figures by name: times in milliseconds, memory as the peak of the process in octets. */
export type Figures = Readonly<Record<string, number>>

/** Runs a program of this folder that prints its figures as JSON. */
export async function runProgram(file: string, args: readonly string[]): Promise<Figures> {
  const program = spawnProgram(file, args)
  const ended = once(program, 'exit')
  const words = program.stdout === null ? '' : await text(program.stdout)
  await ended
  if (program.exitCode !== 0) throw new Error(`${file} ended with status ${program.exitCode}`)
  return parseFigures(words)
}

/** Reads what a program printed. Throws `TypeError` for anything but an object of numbers. */
export function parseFigures(json: string): Figures {
  const value: unknown = JSON.parse(json)
  const figures = new Map<string, number>()
  for (const [name, figure] of Object.entries(Object(value) as Record<string, unknown>)) {
    if (typeof figure !== 'number') throw new TypeError(`${name} is no figure: ${String(figure)}`)
    figures.set(name, figure)
  }
  return Object.fromEntries(figures)
}

function spawnProgram(file: string, args: readonly string[]): ChildProcess {
  const path = join(import.meta.dirname, file)
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}
