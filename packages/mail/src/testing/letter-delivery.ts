import { concatOctets, octetsOf } from '../base/octets.ts'
import type { SmtpServerLetter } from '../smtp/server-event.ts'
import type { ArrivingLetter, FaultHooks } from './fate.ts'
import type { Mailbox } from './mailbox.ts'

const FULL_REPLY = '552 5.2.2 mailbox is full'

/** What the client is told about its letter; `undefined` stands for the usual words. */
export type DeliveryVerdict =
  | { readonly kind: 'answered'; readonly reply: string | undefined }
  | { readonly kind: 'disconnected' }

export interface LetterDeliveryOptions {
  readonly hostName: string
  readonly now: () => Date
  readonly findMailbox: (address: string) => Mailbox | undefined
  readonly onLetter: FaultHooks['onLetter']
}

/** The way from the SMTP server into the mailboxes, with the fates that a letter can meet on it. */
export class LetterDelivery {
  readonly #options: LetterDeliveryOptions
  #arrivedCount = 0
  readonly #held: ArrivingLetter[] = []
  #isClosed = false

  constructor(options: LetterDeliveryOptions) {
    this.#options = options
  }

  /** The letters that were accepted and lie in no mailbox yet, oldest first. */
  get held(): readonly ArrivingLetter[] {
    return [...this.#held]
  }

  /** What RCPT is answered with, or `undefined` when there may be a letter for this address. */
  recipientRefusal(forwardPath: string, declaredOctets: number): string | undefined {
    const mailbox = this.#options.findMailbox(forwardPath)
    if (mailbox === undefined) return '550 5.1.1 no such mailbox'
    // Even a letter of unknown size is larger than nothing.
    return mailbox.hasRoomFor(Math.max(declaredOctets, 1)) ? undefined : FULL_REPLY
  }

  async accept(letter: SmtpServerLetter): Promise<DeliveryVerdict> {
    const arriving = this.#arrive(letter)
    const isFull = this.#mailboxesOf(arriving).some(
      (box) => !box.hasRoomFor(arriving.octets.length),
    )
    if (isFull) return { kind: 'answered', reply: FULL_REPLY }
    const fate = (await this.#options.onLetter?.(arriving)) ?? { kind: 'deliver' }
    if (this.#isClosed) return { kind: 'disconnected' }
    switch (fate.kind) {
      case 'deliver':
      case 'duplicate':
        this.#store(arriving)
        if (fate.kind === 'duplicate') this.#store(arriving)
        return { kind: 'answered', reply: undefined }
      case 'hold':
        this.#held.push(arriving)
        return { kind: 'answered', reply: undefined }
      case 'lose':
        return { kind: 'answered', reply: undefined }
      case 'refuse':
        return { kind: 'answered', reply: `${fate.code} ${fate.text}` }
      case 'disconnect':
        if (fate.isStored) this.#store(arriving)
        return { kind: 'disconnected' }
    }
  }

  /** Delivers held letters in the order given. */
  release(letters: readonly ArrivingLetter[]): void {
    for (const letter of letters) {
      const index = this.#held.indexOf(letter)
      if (index < 0) throw new RangeError(`letter ${letter.number} is not held`)
      this.#held.splice(index, 1)
      this.#store(letter)
    }
  }

  /** From now on nothing is stored any more: a process that has ended stores nothing either. */
  close(): void {
    this.#isClosed = true
  }

  #arrive(letter: SmtpServerLetter): ArrivingLetter {
    this.#arrivedCount++
    const { reversePath, forwardPaths, mailParameters, rcptParameters } = letter
    const octets = concatOctets([this.#traceFields(letter), letter.octets])
    const number = this.#arrivedCount
    return { number, reversePath, forwardPaths, mailParameters, rcptParameters, octets }
  }

  /**
   * Return-Path and Received (RFC 5321 §4.4). The `for` clause would tell one recipient of another, so it is there
   * only when there is one (RFC 5321 §7.6).
   */
  #traceFields(letter: SmtpServerLetter): Uint8Array {
    const { hostName, now } = this.#options
    const [only, ...others] = letter.forwardPaths
    const forClause = others.length === 0 ? `\r\n\tfor <${only ?? ''}>` : ''
    // RFC 5322 §3.3 wants the zone as digits; "GMT" is its obsolete form.
    const date = now().toUTCString().replace('GMT', '+0000')
    return octetsOf(
      `Return-Path: <${letter.reversePath}>\r\n` +
        `Received: from ${letter.clientName} ([127.0.0.1])\r\n` +
        `\tby ${hostName} with ${letter.protocol} id ${this.#arrivedCount}${forClause};\r\n` +
        `\t${date}\r\n`,
    )
  }

  /** A mailbox named twice gets the letter once, as with most servers. */
  #mailboxesOf(letter: ArrivingLetter): readonly Mailbox[] {
    const mailboxes = letter.forwardPaths.map((path) => this.#options.findMailbox(path))
    return [...new Set(mailboxes)].filter((mailbox) => mailbox !== undefined)
  }

  #store(letter: ArrivingLetter): void {
    for (const mailbox of this.#mailboxesOf(letter)) mailbox.put(letter.octets)
  }
}
