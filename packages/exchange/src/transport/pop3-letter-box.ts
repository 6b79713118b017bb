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
    const uniqueIds = await this.#pop3.uniqueIds()
    this.#uniqueIds = uniqueIds && withoutShared(uniqueIds)
    // Both tell what letters there are, and of a mailbox of many one listing is enough.
    const listing = uniqueIds ?? (await this.#pop3.list())
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
    for await (const top of this.#pop3.beginnings(numbers, 0)) {
      const { maildropNumber: number } = top
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

  async beginning(letter: number): Promise<Uint8Array> {
    for await (const top of this.#pop3.beginnings([letter], LINES_TO_FIRST_ATTACHMENT)) {
      if (top.kind === 'failed') throw top.error
      return top.octets
    }
    throw new TypeError('a letter has a beginning')
  }

  async retrieve(
    letter: number,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<boolean> {
    try {
      await this.#pop3.retrieve(letter, sink)
      return true
    } catch (error) {
      if (!(error instanceof Pop3ResponseRejected) || error.transient) throw error
      return false
    }
  }

  /** POP3 knows of lines, and of no parts. */
  passAttachment(): Promise<boolean> {
    return Promise.resolve(false)
  }

  async remove(letter: number): Promise<void> {
    await this.#pop3.delete(letter)
  }

  isOfOneLetter(error: unknown): error is MailError {
    return error instanceof Pop3ResponseRejected
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

/** The ids that tell a letter from all others: RFC 1939 §7 lets copies share one, and then a letter of ours could be taken for a foreign one that was seen before. */
function withoutShared(
  uniqueIds: ReadonlyMap<number, string | undefined>,
): ReadonlyMap<number, string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const id of uniqueIds.values()) if (id !== undefined) (seen.has(id) ? shared : seen).add(id)
  const own = new Map<number, string>()
  for (const [number, id] of uniqueIds) {
    if (id !== undefined && !shared.has(id)) own.set(number, id)
  }
  return own
}
