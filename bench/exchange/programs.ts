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

/** Figures by name: times in milliseconds, memory as the peak of the process in octets. */
export type Figures = Readonly<Record<string, number>>

/** Runs a program of this folder that prints its figures as JSON. */
export async function runProgram(file: string, args: readonly string[]): Promise<Figures> {
  const program = spawnProgram(file, args)
  return parseFigures(program.stdout === null ? '' : await text(program.stdout))
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
