/**
 * The files of messages that come in. One that has to wait until somebody has mended something is kept, as long as its letter is there: it may be of many megabytes, the
 * way to the mailbox slow or dear, and the next exchange in a minute.
 */
import { existsSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'

import { MessageDamaged } from '../message/errors.ts'
import type { Inbox, WaitingMessage } from '../transport/transport.ts'
import { type VerifiedMessage, verifyMessage } from './message-reader.ts'
import type { Spool } from './spool.ts'
import { checkName } from './waiting-messages.ts'
import { writeWhole } from './write-whole.ts'

/** What saves the messages of an inbox, one after another. */
export class IncomingFiles {
  readonly #inbox: Inbox
  readonly #spool: Spool

  constructor(inbox: Inbox, spool: Spool) {
    this.#inbox = inbox
    this.#spool = spool
  }

  /** Saves a message. One that came damaged by one way may come whole by another. Throws {@link MessageDamaged}, {@link MessageTooNew}. */
  async fetch(message: WaitingMessage): Promise<VerifiedMessage> {
    const path = this.#spool.incoming()
    for (;;) {
      try {
        await this.#save(message, path)
        const verified = await verifyMessage(path)
        checkName(message, verified.header)
        return verified
      } catch (error) {
        const hasOtherWay = this.#inbox.hasOtherWay?.(message) === true
        if (!(error instanceof MessageDamaged) || !hasOtherWay) throw error
      }
    }
  }

  /**
   * The message as it was kept; `undefined` when it was not, or is damaged since. An outside may be forged: it counts only when the message within says the same.
   * Throws {@link MessageTooNew}.
   */
  async readKept(message: WaitingMessage): Promise<VerifiedMessage | undefined> {
    const { hint } = message
    if (hint === undefined) return undefined
    const path = this.#spool.kept(hint.uuid)
    if (!existsSync(path)) return undefined
    try {
      const verified = await verifyMessage(path)
      checkName(message, verified.header)
      if (verified.header.uuid === hint.uuid) return verified
    } catch (error) {
      if (!(error instanceof MessageDamaged)) throw error
    }
    await this.#spool.remove(path)
    return undefined
  }

  /** Keeps the file of the message that was fetched last. Of one whose outside is not ours nobody could say that it is the same. */
  async keep({ hint }: WaitingMessage): Promise<void> {
    const path = this.#spool.incoming()
    if (hint !== undefined && existsSync(path)) await rename(path, this.#spool.kept(hint.uuid))
  }

  /** Removes the file of a message that is needed no more. */
  async forget({ hint }: WaitingMessage): Promise<void> {
    await this.#spool.remove(this.#spool.incoming())
    if (hint !== undefined) await this.#spool.remove(this.#spool.kept(hint.uuid))
  }

  async #save(message: WaitingMessage, path: string): Promise<void> {
    const file = await open(path, 'w', 0o600)
    try {
      let end = 0
      await this.#inbox.fetch(message, async (octets) => {
        await writeWhole(file, octets, end)
        end += octets.length
      })
    } finally {
      await file.close()
    }
  }
}
