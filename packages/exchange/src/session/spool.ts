import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

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

  /**
   * The uuid is the name: a number may be written twice when the process died before it was recorded, and the names of a plan and
   * its nodes together may be longer than a file name can be.
   */
  outgoing(uuid: string): string {
    return join(this.#folder, `out_${uuid}`)
  }

  /** One message at a time comes in. */
  incoming(): string {
    return join(this.#folder, 'in_message')
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true })
  }

  /** Removes what a process left that died: every file but the messages of these uuids. */
  async clean(uuids: ReadonlySet<string>): Promise<void> {
    const needed = new Set([...uuids].map((uuid) => basename(this.outgoing(uuid))))
    for (const file of await readdir(this.#folder)) {
      if (!OURS.test(file) || needed.has(file)) continue
      await rm(join(this.#folder, file), { force: true })
    }
  }
}

/** Earlier versions wrote the name of the message behind the uuid. */
const OURS = /^(?:in_|out_[0-9a-f-]+(?:_.*)?(?:\.part)?$)/
