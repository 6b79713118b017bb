import type { MailWatch } from '@obmen/exchange/mail'

import type { Config } from '../config/config.ts'
import type { Invocation } from './command.ts'
import { openTransport } from './open-transport.ts'

/**
 * Watches the mailbox of a site for a program that goes on for good. After a refusal the mailbox is opened anew, with what the password file and the
 * environment say then: somebody may have mended it.
 */
export class MailboxWatch implements MailWatch {
  readonly #open: () => Promise<MailWatch>
  #watch: MailWatch | undefined

  private constructor(open: () => Promise<MailWatch>, watch: MailWatch) {
    this.#open = open
    this.#watch = watch
  }

  /** Opens a mailbox by `open`, now and after each refusal. Rejects with what `open` rejects with. */
  static async of(open: () => Promise<MailWatch>): Promise<MailboxWatch> {
    return new MailboxWatch(open, await open())
  }

  async next(forMs: number, signal: AbortSignal): Promise<void> {
    if (this.#watch === undefined) {
      // What has come meanwhile nobody has told of: it is time to look.
      this.#watch = await this.#open()
      return
    }
    try {
      await this.#watch.next(forMs, signal)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const watch = this.#watch
    this.#watch = undefined
    await watch?.close()
  }
}

/** Opens the watch of the mailbox that the configuration names. Throws what a refusal is told by. */
export function watchMailbox(invocation: Invocation, config: Config): Promise<MailboxWatch> {
  const log = (line: string): void => invocation.io.err(`${line}\n`)
  return MailboxWatch.of(() => openTransport(invocation, { config }, { log }).openWatch())
}
