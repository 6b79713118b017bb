import { LimitExceeded, type MailError, Pop3ResponseRejected } from '@obmen/mail/errors'
import {
  type HeaderSection,
  type MessageEvent,
  MessageReader,
  parseHeaderSection,
} from '@obmen/mail/mime'
import type { Pop3Connection, Pop3Top } from '@obmen/mail/pop3'

import { MessageDamaged } from '../message/errors.ts'
import { type MessageFileName, parseFileName, parseSubject } from '../message/file-name.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import { HINT_FIELD, parseHint } from './letter-hint.ts'
import type { ForeignLetterMemory } from './mail-transport.ts'
import type { Inbox, WaitingMessage } from './transport.ts'

export interface Pop3InboxOptions {
  readonly plan: ExchangePlan
  readonly subjectPrefix: string
  readonly foreignLetters: ForeignLetterMemory
  readonly onLook?: (looked: number, letters: number) => void
}

/** Lines of a body in which the head of its first attachment stands, whatever text comes before it. */
const LINES_TO_FIRST_ATTACHMENT = 100

/**
 * The mailbox as the admin guide reads it: all letters are looked at, none is changed; those with the prefix, of this plan and
 * for this node are picked; each is removed by itself, once it is dealt with.
 */
export class Pop3Inbox implements Inbox {
  readonly #pop3: Pop3Connection
  readonly #options: Pop3InboxOptions
  readonly #numbers = new Map<WaitingMessage, number>()
  readonly #unreadable: MailError[] = []

  constructor(pop3: Pop3Connection, options: Pop3InboxOptions) {
    this.#pop3 = pop3
    this.#options = options
  }

  get unreadable(): readonly MailError[] {
    return this.#unreadable
  }

  async waiting(): Promise<readonly WaitingMessage[]> {
    const { foreignLetters, onLook } = this.#options
    const sizes = await this.#pop3.list()
    const uniqueIds = await this.#pop3.uniqueIds()
    const known = foreignLetters.all()
    const foreign = new Set<string>()
    const unknown: number[] = []
    for (const number of sizes.keys()) {
      const id = this.#memoryId(uniqueIds?.get(number))
      if (id !== undefined && known.has(id)) foreign.add(id)
      else unknown.push(number)
    }
    let looked = sizes.size - unknown.length
    if (looked > 0) onLook?.(looked, sizes.size)
    for await (const top of this.#pop3.tops(unknown, 0)) {
      const message = await this.#readOrPass(top)
      const id = this.#memoryId(uniqueIds?.get(top.maildropNumber))
      if (typeof message === 'object') this.#numbers.set(message, top.maildropNumber)
      else if (message === 'foreign' && id !== undefined) foreign.add(id)
      looked += 1
      onLook?.(looked, sizes.size)
    }
    if (uniqueIds !== undefined) foreignLetters.replace(foreign)
    return [...this.#numbers.keys()]
  }

  async fetch(
    message: WaitingMessage,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    const attachment = new AttachmentReader(message.name, sink)
    await this.#pop3.retrieve(this.#numberOf(message), (octets) => attachment.push(octets))
    await attachment.end()
  }

  async remove(message: WaitingMessage): Promise<void> {
    await this.#pop3.delete(this.#numberOf(message))
  }

  close(): Promise<void> {
    return this.#pop3.close()
  }

  /** What letters are foreign depends on the prefix: with another one they have to be looked at again. */
  #memoryId(uniqueId: string | undefined): string | undefined {
    return uniqueId && `${this.#options.subjectPrefix}${uniqueId}`
  }

  /**
   * A letter whose head can't be read is none of ours, whoever wrote it; the others are looked at all the same. One that the
   * server does not show just now is looked at again the next time.
   */
  async #readOrPass(top: Pop3Top): Promise<WaitingMessage | 'foreign' | 'later'> {
    try {
      if (top.kind === 'failed') throw top.error
      return (await this.#read(top.maildropNumber, parseHeaderSection(top.octets))) ?? 'foreign'
    } catch (error) {
      if (!this.#concernsOneLetter(error)) throw error
      this.#unreadable.push(error)
      return error.transient ? 'later' : 'foreign'
    }
  }

  #concernsOneLetter(error: unknown): error is LimitExceeded | Pop3ResponseRejected {
    // A server that has no TOP refuses it for every letter; one that has it, for this letter.
    const isRefusal = error instanceof Pop3ResponseRejected && this.#pop3.capabilities.has('TOP')
    return isRefusal || error instanceof LimitExceeded
  }

  /** The message in a letter, or `undefined` when the letter is none of ours. */
  async #read(number: number, header: HeaderSection): Promise<WaitingMessage | undefined> {
    const name = this.#readSubject(header)
    if (name === undefined) return undefined
    const hint = parseHint(header.first(HINT_FIELD) ?? '')
    if (hint !== undefined) return { name, hint }
    // A person may write such a subject. Without our mark, it takes the attachment to make it a message.
    const beginning = await this.#pop3.top(number, LINES_TO_FIRST_ATTACHMENT)
    return hasAttachment(beginning, name) ? { name } : undefined
  }

  #readSubject(header: HeaderSection): MessageFileName | undefined {
    const { plan, subjectPrefix } = this.#options
    const name = parseSubject(subjectPrefix, header.first('Subject') ?? '')
    return name?.plan === plan.name && name.to === plan.thisNode ? name : undefined
  }

  #numberOf(message: WaitingMessage): number {
    const number = this.#numbers.get(message)
    if (number === undefined) throw new TypeError('the message is not of this inbox')
    return number
  }
}

function hasAttachment(beginning: Uint8Array, name: MessageFileName): boolean {
  const reader = new MessageReader()
  const events = [...reader.push(beginning), ...reader.end()]
  return events.some((event) => isAttachment(event, name))
}

function isAttachment(event: MessageEvent, name: MessageFileName): boolean {
  if (event.kind !== 'part' || event.fileName === undefined) return false
  const attached = parseFileName(event.fileName)
  return attached !== undefined && isSameName(attached, name)
}

function isSameName(a: MessageFileName, b: MessageFileName): boolean {
  return a.plan === b.plan && a.from === b.from && a.to === b.to && a.messageNo === b.messageNo
}

/** Picks the octets of the one attachment out of a letter that comes in pieces. */
class AttachmentReader {
  readonly #name: MessageFileName
  readonly #sink: (octets: Uint8Array) => void | Promise<void>
  readonly #letter = new MessageReader()
  #isInside = false
  #isFound = false
  #damage: LimitExceeded | undefined

  constructor(name: MessageFileName, sink: (octets: Uint8Array) => void | Promise<void>) {
    this.#name = name
    this.#sink = sink
  }

  async push(octets: Uint8Array): Promise<void> {
    await this.#take(this.#read(() => this.#letter.push(octets)))
  }

  async end(): Promise<void> {
    await this.#take(this.#read(() => this.#letter.end()))
    if (this.#damage !== undefined) {
      throw new MessageDamaged('its letter can not be read', { cause: this.#damage })
    }
    if (!this.#isFound) throw new MessageDamaged('its letter has no attachment of that name')
  }

  /** The rest of a letter that can't be read is received and dropped: the connection serves the next letter. */
  #read(read: () => readonly MessageEvent[]): readonly MessageEvent[] {
    if (this.#damage !== undefined) return []
    try {
      return read()
    } catch (error) {
      if (!(error instanceof LimitExceeded)) throw error
      this.#damage = error
      return []
    }
  }

  async #take(events: Iterable<MessageEvent>): Promise<void> {
    for (const event of events) {
      if (event.kind === 'part') this.#isInside = !this.#isFound && isAttachment(event, this.#name)
      if (event.kind === 'end') this.#isInside = false
      if (this.#isInside) this.#isFound = true
      if (event.kind === 'content' && this.#isInside) await this.#sink(event.octets)
    }
  }
}
