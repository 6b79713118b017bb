import { LimitExceeded, type MailError } from '@obmen/mail/errors'
import { type HeaderSection, parseHeaderSection } from '@obmen/mail/mime'

import { MessageDamaged } from '../message/errors.ts'
import { type MessageFileName, parseSubject } from '../message/file-name.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import { AttachmentReader, hasAttachment, isFileOf } from './attachment-reader.ts'
import type { LetterBox, LetterHead } from './letter-box.ts'
import { HINT_FIELD, parseHint } from './letter-hint.ts'
import type { Inbox, WaitingMessage } from './transport.ts'

/** Remembers which letters of the mailbox are none of ours, so that each is looked at once. */
export interface ForeignLetterMemory {
  /** What is remembered: unique ids of letters (POP3), or ranges of them (IMAP). */
  all(): ReadonlySet<string> | Promise<ReadonlySet<string>>
  /** Remembers exactly these. */
  replace(uniqueIds: ReadonlySet<string>): void | Promise<void>
}

export interface MailInboxOptions {
  readonly plan: ExchangePlan
  readonly subjectPrefix: string
  readonly foreignLetters: ForeignLetterMemory
  readonly onLook?: (looked: number, letters: number) => void
}

/**
 * The mailbox as the admin guide reads it: all letters are looked at, none is changed; those with the prefix, of this plan and
 * for this node are picked; each is removed by itself, once it is dealt with.
 */
export class MailInbox implements Inbox {
  readonly #letterBox: LetterBox
  readonly #options: MailInboxOptions
  readonly #numbers = new Map<WaitingMessage, number>()
  /** Those whose attachment was fetched last as the server told of it. */
  readonly #passed = new Set<WaitingMessage>()
  readonly #unreadable: MailError[] = []
  /** Letters of ours that were removed, and are there all the same: an earlier run did not come to its end. */
  readonly #leftBehind: number[] = []

  constructor(letterBox: LetterBox, options: MailInboxOptions) {
    this.#letterBox = letterBox
    this.#options = options
  }

  get unreadable(): readonly MailError[] {
    return this.#unreadable
  }

  async waiting(): Promise<readonly WaitingMessage[]> {
    const { foreignLetters, onLook } = this.#options
    const { letterCount, unknown } = await this.#letterBox.look(await foreignLetters.all())
    const foreign = new Set<number>()
    let looked = letterCount - unknown.length
    if (looked > 0) onLook?.(looked, letterCount)
    for await (const head of this.#letterBox.heads(unknown)) {
      const message = await this.#readOrPass(head)
      if (message === 'foreign') foreign.add(head.number)
      else if (message !== 'later') this.#keep(message, head)
      looked += 1
      onLook?.(looked, letterCount)
    }
    const memory = this.#letterBox.memoryOf(foreign)
    if (memory !== undefined) await foreignLetters.replace(memory)
    return [...this.#numbers.keys()]
  }

  async fetch(
    message: WaitingMessage,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<void> {
    const letter = this.#numberOf(message)
    const isWanted = (fileName: string): boolean => isFileOf(fileName, message.name)
    // What the server tells of the letter decides what is fetched and how it is decoded. The letter itself knows better.
    const trusts = !this.#passed.delete(message)
    if (trusts && (await this.#letterBox.passAttachment(letter, isWanted, sink))) {
      this.#passed.add(message)
      return
    }
    const attachment = new AttachmentReader(message.name, sink)
    const isThere = await this.#letterBox.retrieve(letter, (octets) => attachment.push(octets))
    if (!isThere) throw new MessageDamaged('the mail server does not give its letter')
    await attachment.end()
  }

  hasOtherWay(message: WaitingMessage): boolean {
    return this.#passed.has(message)
  }

  async remove(message: WaitingMessage): Promise<void> {
    await this.#letterBox.remove(this.#numberOf(message))
    for (const letter of this.#leftBehind.splice(0)) await this.#letterBox.remove(letter)
  }

  keepAlive(): Promise<void> {
    return this.#letterBox.keepAlive()
  }

  close(): Promise<void> {
    return this.#letterBox.close()
  }

  #keep(message: WaitingMessage, head: LetterHead): void {
    const isDeleted = head.kind === 'header' && head.isDeleted
    if (isDeleted) this.#leftBehind.push(head.number)
    else this.#numbers.set(message, head.number)
  }

  /**
   * A letter whose head can't be read is none of ours, whoever wrote it; the others are looked at all the same. One that the
   * server does not show just now is looked at again the next time.
   */
  async #readOrPass(head: LetterHead): Promise<WaitingMessage | 'foreign' | 'later'> {
    try {
      if (head.kind === 'failed') throw head.error
      return (await this.#read(head.number, parseHeaderSection(head.octets))) ?? 'foreign'
    } catch (error) {
      const isOfOneLetter = error instanceof LimitExceeded || this.#letterBox.isOfOneLetter(error)
      if (!isOfOneLetter) throw error
      this.#unreadable.push(error)
      return error.transient ? 'later' : 'foreign'
    }
  }

  /** The message in a letter, or `undefined` when the letter is none of ours. */
  async #read(letter: number, header: HeaderSection): Promise<WaitingMessage | undefined> {
    const name = this.#readSubject(header)
    if (name === undefined) return undefined
    const hint = parseHint(header.first(HINT_FIELD) ?? '')
    if (hint !== undefined) return { name, hint }
    // A person may write such a subject. Without our mark, it takes the attachment to make it a message.
    const beginning = await this.#letterBox.beginning(letter)
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
