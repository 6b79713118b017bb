import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the ports of the mail host are written down, so that it can be started again for the configurations that name them. */
const PORTS_FILE = 'mail-host.json'

export interface Ports {
  readonly smtp: number
  readonly pop3: number
}

/** Where the letters of a demo lie. */
export function lettersFolder(folder: string): string {
  return join(folder, 'letters')
}

/** Whether a demo may be made in a folder: it is empty, or does not exist yet. */
export function isVacant(folder: string): boolean {
  if (!existsSync(folder)) return true
  return statSync(folder).isDirectory() && readdirSync(folder).length === 0
}

/** A folder that stays. */
export function makeKeptFolder(path: string, cwd: string): string {
  const folder = resolve(cwd, path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** A folder that is removed in the end, whatever happens. */
export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'obmen-demo-'))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

export function writePorts(folder: string, ports: Ports): void {
  writeFileSync(join(folder, PORTS_FILE), `${JSON.stringify(ports)}\n`)
}

/** The ports of a kept demo, or `undefined` when there is none in this folder. */
export function readPorts(folder: string): Ports | undefined {
  const path = join(folder, PORTS_FILE)
  if (!existsSync(path)) return undefined
  const ports: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof ports !== 'object' || ports === null) return undefined
  if (!('smtp' in ports) || !('pop3' in ports)) return undefined
  const { smtp, pop3 } = ports
  return typeof smtp === 'number' && typeof pop3 === 'number' ? { smtp, pop3 } : undefined
}
