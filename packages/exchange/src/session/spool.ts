import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { formatFileName, type MessageFileName } from '../message/file-name.ts'

/**
 * The folder of messages on their way out and in. An outgoing message stays until its letter is taken, so that another
 * try sends the same octets; an incoming one is saved whole before anything of it is applied.
 */
export class Spool {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  /** The uuid is in the name: a number may be written twice when the process died before it was recorded. */
  outgoing(name: MessageFileName, uuid: string): string {
    return join(this.#folder, `out_${uuid}_${formatFileName(name)}`)
  }

  incoming(name: MessageFileName): string {
    return join(this.#folder, `in_${formatFileName(name)}`)
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true })
  }

  /** Removes what a process left that died: every file but the messages of these uuids. */
  async clean(uuids: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(this.#folder)) {
      const match = /^(?:in_|out_([0-9a-f-]+)_).*?(\.part)?$/.exec(file)
      if (match === null) continue
      const [, uuid, part] = match
      const isNeeded = uuid !== undefined && uuids.has(uuid) && part === undefined
      if (!isNeeded) await rm(join(this.#folder, file), { force: true })
    }
  }
}
