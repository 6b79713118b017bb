import { LimitExceeded } from '@obmen/mail/errors'
import { type MessageEvent, MessageReader } from '@obmen/mail/mime'

import { MessageDamaged } from '../message/errors.ts'
import { type MessageFileName, parseFileName } from '../message/file-name.ts'

/** Whether the head of the attachment stands in the beginning of a letter. */
export function hasAttachment(beginning: Uint8Array, name: MessageFileName): boolean {
  const reader = new MessageReader()
  const events = [...reader.push(beginning), ...reader.end()]
  return events.some((event) => isAttachment(event, name))
}

function isAttachment(event: MessageEvent, name: MessageFileName): boolean {
  return event.kind === 'part' && event.fileName !== undefined && isFileOf(event.fileName, name)
}

/** Whether a file of this name is that of the message. */
export function isFileOf(fileName: string, name: MessageFileName): boolean {
  const attached = parseFileName(fileName)
  return attached !== undefined && isSameName(attached, name)
}

function isSameName(a: MessageFileName, b: MessageFileName): boolean {
  return a.plan === b.plan && a.from === b.from && a.to === b.to && a.messageNo === b.messageNo
}

/** Picks the octets of the one attachment out of a letter that comes in pieces. */
export class AttachmentReader {
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
