import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const FINDINGS = ['damaged', 'settled'] as const

/** `damaged`: it can't be read; `settled`: it has no effect any more, and was answered if it was to be. */
export type Finding = (typeof FINDINGS)[number]

/**
 * The folder of messages on their way out and in. A body stays until all letters with it are taken, so that another try sends the
 * same octets; an incoming message is saved whole before anything of it is applied.
 */
export class Spool {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The body of messages; its name is a UUID. */
  body(name: string): string {
    return join(this.#folder, `body_${name}`)
  }

  /** One message at a time comes in. */
  incoming(): string {
    return join(this.#folder, 'in_message')
  }

  /** A message that waits until something is mended. `uuid` is as its letter says. */
  kept(uuid: string): string {
    return join(this.#folder, `kept_${uuid}`)
  }

  /** An empty file: what was found out about a letter that stays in the mailbox. `uuid` is as the letter says. */
  note(finding: Finding, uuid: string): string {
    return join(this.#folder, `${finding}_${uuid}`)
  }

  /** Removes what is kept of letters that are gone: of every one but these. */
  async forgetGone(uuids: Iterable<string>): Promise<void> {
    const needed = [...uuids].flatMap((uuid) => [
      this.kept(uuid),
      ...FINDINGS.map((finding) => this.note(finding, uuid)),
    ])
    await this.#removeAll(OF_LETTER, new Set(needed))
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true })
  }

  /** Removes what a process left that died: what had just come in, and every body but these. */
  async clean(bodies: Iterable<string>): Promise<void> {
    const needed = new Set([...bodies].map((name) => this.body(name)))
    await this.#removeAll(IN_OR_BODY, needed)
  }

  async #removeAll(pattern: RegExp, needed: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(this.#folder)) {
      const path = join(this.#folder, file)
      if (pattern.test(file) && !needed.has(path)) await rm(path, { force: true })
    }
  }
}

const IN_OR_BODY = /^(?:in_|body_[0-9a-f-]+$)/
const OF_LETTER = /^(?:kept|damaged|settled)_[0-9a-f-]+$/
