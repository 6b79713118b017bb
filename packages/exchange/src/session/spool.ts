import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { codeOf } from './error-code.ts'

/**
 * The folder of messages on their way out and in. A body stays until all letters with it are taken, so that another try sends the
 * same octets; an incoming message is saved whole before anything of it is applied.
 */
export class Spool {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async prepare(): Promise<void> {
    await makeFolder(this.#folder)
  }

  /** The body of messages; its name is a UUID. */
  body(name: string): string {
    return join(this.#folder, `body_${name}`)
  }

  /** One message at a time comes in. */
  incoming(): string {
    return join(this.#folder, 'in_message')
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true })
  }

  /** Removes what a process left that died: every file of ours but these bodies. */
  async clean(bodies: Iterable<string>): Promise<void> {
    const needed = new Set([...bodies].map((name) => this.body(name)))
    for (const file of await readdir(this.#folder)) {
      const path = join(this.#folder, file)
      if (OURS.test(file) && !needed.has(path)) await rm(path, { force: true })
    }
  }
}

const OURS = /^(?:in_|body_[0-9a-f-]+$)/

/**
 * Makes a folder and those that it lies in, also when another process is just making them. `recursive` of Node.js says of a disk that can only be read that
 * there is no such folder; here it is what the operating system says.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    const parent = dirname(folder)
    // The root of a drive that is not there has no other parent.
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error
    if (!existsSync(parent)) await makeFolder(parent)
    await makeOne(folder)
  }
}

/** Makes a folder within one that is there, unless somebody has. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
  }
}
