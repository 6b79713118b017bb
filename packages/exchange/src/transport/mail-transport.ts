import { MailError, SmtpSizeExceeded } from '@obmen/mail/errors'
import {
  type ConnectionOptions,
  type Deadlines,
  formatEnhancedStatus,
  ForwardPath,
  type MailServer,
  openSmtp,
  type ProtocolLog,
  type RecipientOutcome,
  ReversePath,
  type SmtpConnection,
} from '@obmen/mail/smtp'
import type { MailboxAddress } from '@obmen/mail/mime'

import { formatFileName } from '../message/file-name.ts'
import type { ExchangePlan } from '../plan/exchange-plan.ts'
import { DeliveryDeferred, DeliveryRefused, DeliveryUnknown, type RefusalReason } from './errors.ts'
import { composeLetter } from './exchange-letter.ts'
import { openImapLetterBox } from './imap-letter-box.ts'
import type { LetterBox } from './letter-box.ts'
import { type ForeignLetterMemory, MailInbox } from './mail-inbox.ts'
import { ImapWatch, type MailWatch, TIMED_WATCH } from './mail-watch.ts'
import { openPop3LetterBox } from './pop3-letter-box.ts'
import type { Inbox, OutgoingMessage, Transport } from './transport.ts'

/** Where letters come in: a maildrop by POP3, or a mailbox by IMAP. */
export type IncomingServer =
  | { readonly pop3: MailServer }
  | {
      readonly imap: MailServer & {
        /** By default `INBOX`, which new letters come to. */
        readonly mailbox?: string
      }
    }

interface TransportOptions {
  readonly plan: ExchangePlan
  /** The public address that all nodes of the exchange use. */
  readonly address: MailboxAddress
  readonly smtp: MailServer
  /** What the subjects of exchange letters begin with: the same on all nodes. */
  readonly subjectPrefix: string
  readonly foreignLetters: ForeignLetterMemory
  readonly log?: ProtocolLog
  /** Other deadlines than those by default, for every conversation. */
  readonly deadlines?: Partial<Deadlines>
  readonly signal?: AbortSignal
  /** Called while the mailbox is looked through. */
  readonly onLook?: (looked: number, letters: number) => void
  /** Called when the server that sends is to be connected to, and when it has greeted and let us in, or failed to. */
  readonly onConnect?: (phase: 'begins' | 'is over') => void
}

export type MailTransportOptions = TransportOptions & IncomingServer

/**
 * Carries messages as letters: out by SMTP, in by POP3 or IMAP. The mailbox may be a person's own: letters without the prefix, of
 * other plans and to other nodes are never fetched, marked or removed.
 *
 * Errors of the connection and the login come as they are, from `@obmen/mail/errors`; what becomes of a letter comes as
 * {@link DeliveryRefused}, {@link DeliveryDeferred} or {@link DeliveryUnknown}.
 */
export class MailTransport implements Transport {
  readonly #options: MailTransportOptions
  #smtp: SmtpConnection | undefined
  #opening: Promise<SmtpConnection> | undefined

  constructor(options: MailTransportOptions) {
    this.#options = options
  }

  /** Sends one letter. Letters that are handed over together travel together; the connection is kept for the next ones. */
  async deliver(message: OutgoingMessage): Promise<void> {
    const { address, subjectPrefix } = this.#options
    const smtp = await this.#connect()
    const letter = composeLetter(message, address, subjectPrefix)
    const envelope = {
      reversePath: ReversePath.of(address),
      forwardPaths: [ForwardPath.of(address)],
    } as const
    const size = letter.sizeOctets === undefined ? {} : { sizeOctets: letter.sizeOctets }
    const fileName = formatFileName(message.name)
    try {
      const { recipients } = await smtp.send(envelope, letter, size)
      for (const outcome of recipients) checkOutcome(fileName, outcome)
    } catch (error) {
      if (!(error instanceof SmtpSizeExceeded)) throw error
      throw new DeliveryRefused(fileName, error.message, { ...TOO_LARGE, cause: error })
    }
  }

  async sizeLimit(): Promise<number | undefined> {
    return (await this.#connect()).extensions.sizeLimit
  }

  async openInbox(): Promise<Inbox> {
    return new MailInbox(await this.#openLetterBox(), this.#options)
  }

  /**
   * Opens what tells when it is time to look into the mailbox again: by IMAP as soon as a letter has come, by POP3 when a time is over. Open it before
   * the first look, and keep it open: then nothing comes unnoticed. A server that is away just now is connected to later. Throws MailError when it refuses for good.
   */
  async openWatch(): Promise<MailWatch> {
    const options = this.#options
    if (!('imap' in options)) return TIMED_WATCH
    const watch = new ImapWatch(options.imap, this.#connectionOptions())
    try {
      await watch.open()
    } catch (error) {
      if (!(error instanceof MailError) || !error.transient) throw error
    }
    return watch
  }

  async close(): Promise<void> {
    const smtp = this.#smtp
    this.#smtp = undefined
    await smtp?.close()
  }

  /** What letters are foreign depends on the prefix: with another one they have to be looked at again. */
  #openLetterBox(): Promise<LetterBox> {
    const options = this.#options
    const connection = this.#connectionOptions()
    if ('imap' in options) return openImapLetterBox(options.imap, options.subjectPrefix, connection)
    return openPop3LetterBox(options.pop3, options.subjectPrefix, connection)
  }

  async #connect(): Promise<SmtpConnection> {
    if (this.#smtp?.isOpen === true) return this.#smtp
    this.#opening ??= this.#open()
    try {
      this.#smtp = await this.#opening
      return this.#smtp
    } finally {
      this.#opening = undefined
    }
  }

  async #open(): Promise<SmtpConnection> {
    const { smtp, onConnect } = this.#options
    onConnect?.('begins')
    try {
      return await openSmtp(smtp, this.#connectionOptions())
    } finally {
      onConnect?.('is over')
    }
  }

  #connectionOptions(): ConnectionOptions {
    const { log, deadlines, signal } = this.#options
    return { ...(log && { log }), ...(deadlines && { deadlines }), ...(signal && { signal }) }
  }
}

function checkOutcome(fileName: string, outcome: RecipientOutcome): void {
  switch (outcome.kind) {
    case 'accepted':
      return
    case 'deferred':
      throw new DeliveryDeferred(fileName, String(outcome.reply))
    case 'rejected':
      throw new DeliveryRefused(fileName, String(outcome.reply), refusalFacts(outcome))
    case 'unknown':
      throw new DeliveryUnknown(fileName, { cause: outcome.cause })
  }
}

const TOO_LARGE = {
  isTooLarge: true,
  hint: 'lower "messageSize" in the configuration, or have the limit of the mail server raised',
}

/** What an administrator can do about the refusals that happen: quota, size, address, relaying. */
function refusalFacts({ reply }: RecipientOutcome): {
  readonly isTooLarge?: boolean
  readonly reason?: RefusalReason
  readonly hint: string
} {
  const enhanced = reply?.enhancedStatus
  const status = enhanced === undefined ? '' : formatEnhancedStatus(enhanced)
  // RFC 5321 gives one code, 552, to a full mailbox and to a large letter; only RFC 3463 keeps them apart.
  if (status === '5.2.2') {
    const hint = 'the mailbox is full: remove letters or raise its quota'
    return { reason: 'mailbox-full', hint }
  }
  if (reply?.code === 552 || status === '5.3.4' || status === '5.2.3') return TOO_LARGE
  if (status === '5.1.1') {
    const hint = 'check "address" in the configuration: the server does not know it'
    return { reason: 'address-unknown', hint }
  }
  return { hint: 'ask the administrator of the mail server; its words are above' }
}
