import { type MailError, Pop3ResponseRejected } from '@obmen/mail/errors'
import {
  type ConnectionOptions,
  type MailServer,
  openPop3,
  type Pop3Connection,
} from '@obmen/mail/pop3'

import type { LetterBox, LetterBoxLook, LetterHead } from './letter-box.ts'

/** Lines of a body in which the head of its first attachment stands, whatever text comes before it. */
const LINES_TO_FIRST_ATTACHMENT = 100

/** Opens a maildrop. What is remembered of it begins with the prefix. */
export async function openPop3LetterBox(
  server: MailServer,
  prefix: string,
  options: ConnectionOptions,
): Promise<LetterBox> {
  return new Pop3LetterBox(await openPop3(server, options), prefix)
}

/** Letters are known again by their unique ids (UIDL), where the server has them. */
class Pop3LetterBox implements LetterBox {
  readonly #pop3: Pop3Connection
  readonly #prefix: string
  #uniqueIds: ReadonlyMap<number, string> | undefined
  #known: readonly string[] = []

  constructor(pop3: Pop3Connection, prefix: string) {
    this.#pop3 = pop3
    this.#prefix = prefix
  }

  async look(known: ReadonlySet<string>): Promise<LetterBoxLook> {
    this.#uniqueIds = await this.#pop3.uniqueIds()
    // Both tell what letters there are, and of a mailbox of many one listing is enough.
    const listing = this.#uniqueIds ?? (await this.#pop3.list())
    const unknown: number[] = []
    const foreign: string[] = []
    for (const number of listing.keys()) {
      const id = this.#memoryId(number)
      if (id !== undefined && known.has(id)) foreign.push(id)
      else unknown.push(number)
    }
    this.#known = foreign
    return { letterCount: listing.size, unknown }
  }

  async *heads(numbers: readonly number[]): AsyncGenerator<LetterHead, void, undefined> {
    for await (const top of this.#pop3.tops(numbers, 0)) {
      const number = top.maildropNumber
      if (top.kind === 'failed') yield { kind: 'failed', number, error: top.error }
      else yield { kind: 'header', number, octets: top.octets, isDeleted: false }
    }
  }

  memoryOf(foreign: ReadonlySet<number>): ReadonlySet<string> | undefined {
    if (this.#uniqueIds === undefined) return undefined
    const memory = new Set(this.#known)
    for (const number of foreign) {
      const id = this.#memoryId(number)
      if (id !== undefined) memory.add(id)
    }
    return memory
  }

  beginning(letter: number): Promise<Uint8Array> {
    return this.#pop3.top(letter, LINES_TO_FIRST_ATTACHMENT)
  }

  async retrieve(
    letter: number,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<boolean> {
    await this.#pop3.retrieve(letter, sink)
    return true
  }

  /** POP3 knows of lines, and of no parts. */
  passAttachment(): Promise<boolean> {
    return Promise.resolve(false)
  }

  async remove(letter: number): Promise<void> {
    await this.#pop3.delete(letter)
  }

  /** A server that has no TOP refuses it for every letter; one that has it, for this letter. */
  isOfOneLetter(error: unknown): error is MailError {
    return error instanceof Pop3ResponseRejected && this.#pop3.capabilities.has('TOP')
  }

  keepAlive(): Promise<void> {
    return this.#pop3.noop()
  }

  close(): Promise<void> {
    return this.#pop3.close()
  }

  #memoryId(number: number): string | undefined {
    const uniqueId = this.#uniqueIds?.get(number)
    return uniqueId && `${this.#prefix}${uniqueId}`
  }
}
