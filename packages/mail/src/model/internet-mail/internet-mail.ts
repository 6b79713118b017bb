import { concatOctets } from '../../base/octets.ts'
import { EmailSendingException } from '../email-exception.ts'
import { IllegalArgumentException, IllegalStateException } from '../exception.ts'
import type { MailboxOptions } from '../lazy-session.ts'
import type { MailboxException } from '../mailbox-exception.ts'
import { readArguments } from '../named-arguments.ts'
import { printAs } from '../print-as.ts'
import { SendingRoute } from '../sending-route.ts'
import { withBcc } from '../stored-letter.ts'
import { InternetMailProtocol, InternetMailTextProcessing } from './enumerations.ts'
import { readFilter, type InternetMailFilter } from './filter.ts'
import type { InternetMailMessageFlags } from './flags.ts'
import { ImapReceiver } from './imap-receiver.ts'
import type { InternetMailMessage } from './internet-mail-message.ts'
import type { InternetMailProfile } from './internet-mail-profile.ts'
import type { Given, MailReceiver, MessageReference } from './mail-receiver.ts'
import { Pop3Receiver } from './pop3-receiver.ts'

/** What was connected. */
interface Connected {
  readonly receiver: MailReceiver | undefined
  readonly profile: InternetMailProfile
  readonly options: MailboxOptions
}

/**
 * Sends letters, and reads, changes and deletes those of a mailbox: the mail object of the 1C:Enterprise platform, with `await` before whatever needs a server.
 *
 * Three things are not as they are there, so that nothing gets lost or known: {@link get} leaves letters where they are unless it is told to delete them; connections are encrypted,
 * and the certificates of servers verified; passwords are not shown to a server that can do without.
 *
 * When the connection to a mailbox is lost, what was under way fails; what is asked for next connects again, once. Letters are known again by their identifiers. Only a maildrop in which letters were
 * deleted is not connected again: POP3 has forgotten that, so everything fails from then on, and {@link logoff} says that they are there still.
 *
 * What fails is an exception of `@obmen/mail`: `MailboxException`, `EmailSendingException`, `EmailDeletionException`, `EmailDirectoryNotFoundException`; what is asked for
 * in vain, as folders by POP3, IllegalStateException.
 *
 * @example
 * ```ts
 * import { InternetMail, InternetMailProfile } from '@obmen/mail/internet-mail'
 *
 * async function saveReports(profile: InternetMailProfile): Promise<void> {
 *   await using mail = new InternetMail()
 *   await mail.logon(profile)
 *   const reports = await mail.getHeaders({ subject: 'Report' })
 *   for (const message of await mail.get(false, reports)) {
 *     const [report] = message.attachments
 *     if (report === undefined) continue
 *     await report.data.write('report.xml')
 *     await mail.deleteMessages([message])
 *   }
 * }
 * ```
 */
export class InternetMail implements AsyncDisposable {
  #connected: Connected | undefined
  #isConnecting = false
  #route: SendingRoute | undefined
  #refusals: ReadonlyMap<string, MailboxException> = new Map()

  /**
   * Connects to the mailbox, if the profile has one for the protocol. The server to send by is connected to when the first letter is sent.
   *
   * @param protocol How the mailbox is read: POP3 or IMAP.
   * @param options How to give up and what to log. An extension.
   * @throws MailboxException when there is no connection, or the login is refused; IllegalArgumentException when the profile has no server, or the protocol is SMTP;
   * IllegalStateException when it is connected already.
   */
  async logon(
    profile: InternetMailProfile,
    protocol: InternetMailProtocol = InternetMailProtocol.Pop3,
    options: MailboxOptions = {},
  ): Promise<void> {
    if (this.#connected !== undefined || this.#isConnecting) {
      throw new IllegalStateException('mail is connected already')
    }
    const given = readArguments(options, ['signal', 'log'])
    this.#isConnecting = true
    const receiver = await openReceiver(profile, protocol, given).finally(() => {
      this.#isConnecting = false
    })
    if (receiver === undefined && profile.smtpServerAddress === '') {
      throw new IllegalArgumentException(
        `the profile names neither a server for ${protocol.toString()} nor one for SMTP`,
      )
    }
    this.#connected = { receiver, profile, options: given }
  }

  /**
   * Ends the connections. Letters that were deleted by POP3 go now. Does nothing when there are none.
   *
   * @throws EmailDeletionException when they may be there still.
   */
  async logoff(): Promise<void> {
    const { receiver } = this.#connected ?? {}
    const route = this.#route
    this.#connected = undefined
    this.#route = undefined
    try {
      await route?.close()
    } finally {
      await receiver?.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.logoff()
  }

  /**
   * Sends a letter to everybody in To, Cc and Bcc; by IMAP, puts it into the current mailbox.
   *
   * @returns The recipients that the server did not accept it for, and what it said. Empty when all get it.
   * @throws EmailSendingException when nobody gets it, or nobody knows; its `outcome` says which. IllegalStateException when it has no sender or no recipients.
   */
  async send(
    message: InternetMailMessage,
    processing: InternetMailTextProcessing = InternetMailTextProcessing.Process,
    protocol: InternetMailProtocol = InternetMailProtocol.Smtp,
  ): Promise<ReadonlyMap<string, string>> {
    if (protocol === InternetMailProtocol.Pop3) {
      throw new IllegalArgumentException('nothing is sent by POP3: use SMTP, or IMAP to store it')
    }
    if (protocol === InternetMailProtocol.Smtp) return this.#sendBySmtp(message, processing)
    await this.#imap('a letter is stored').append(async () => {
      const pieces: Uint8Array[] = []
      for await (const octets of message.compose(processing).content) pieces.push(octets)
      const hidden = message.bcc.map(({ emailAddress }) => emailAddress.mailbox)
      return withBcc(concatOctets(pieces), hidden)
    })
    return new Map()
  }

  /**
   * Whole letters: all of the mailbox, or those that are named, in that order. Each is held in memory.
   *
   * @param named Identifiers, letters, or the headers of letters; by IMAP numbers too, counted from 1. Those that are gone are passed over; of none come none.
   * @param rest Whether to delete them when all have come: by default not. Whether to mark them as read, by IMAP: by default not.
   * @throws MailboxException when the letters can't be read, or the server refuses all of them. Some that it refuses are named in {@link refusedMessages}, and never deleted.
   */
  async get(
    ...[deletes = false, named, marksAsRead = false]: [
      deletes?: boolean,
      named?: readonly MessageReference[],
      marksAsRead?: boolean,
    ]
  ): Promise<InternetMailMessage[]> {
    return this.#take(await this.#receiver.get(named, { deletes, marksAsRead }))
  }

  /**
   * What the header sections of letters say: of all in the mailbox, or of those that the filter means. Texts and attachments are not fetched.
   *
   * @throws IllegalArgumentException when the filter has a key that is none, or one that POP3 can't answer.
   */
  async getHeaders(filter: InternetMailFilter = {}): Promise<InternetMailMessage[]> {
    return this.#take(await this.#receiver.getHeaders(readFilter(filter)))
  }

  /**
   * The identifiers of the letters in the mailbox, but of those that are known; with a filter of those that it means. They hold in later connections too, but of a POP3 server
   * without UIDL, which knows its letters by numbers: there they mean no letter any more.
   *
   * @throws as {@link getHeaders}.
   */
  async getUidl(known: readonly string[] = [], filter: InternetMailFilter = {}): Promise<string[]> {
    return this.#take(await this.#receiver.getUidl(known, readFilter(filter)))
  }

  /**
   * The letters that the server would not give when it was asked last by {@link get}, {@link getHeaders} or {@link getUidl}, by their identifiers, and why: the others were given, and these are
   * where they were. An extension.
   */
  get refusedMessages(): ReadonlyMap<string, MailboxException> {
    return this.#refusals
  }

  /** How many letters there are now. */
  getMessageCount(): Promise<number> {
    return this.#receiver.getMessageCount()
  }

  /**
   * Deletes letters: by POP3 when the connection is ended, so that {@link logoff} says whether they are gone. By IMAP they are marked, and go with {@link clearDeletedMessages}.
   *
   * @param named As in {@link get}. Those that are gone are passed over.
   * @throws EmailDeletionException when the server keeps some.
   */
  deleteMessages(named: readonly MessageReference[]): Promise<void> {
    return this.#receiver.deleteMessages(named)
  }

  /** Takes the mark away from letters that were deleted by IMAP. */
  undeleteMessages(named: readonly MessageReference[]): Promise<void> {
    return this.#imap('letters are kept').undeleteMessages(named)
  }

  /** Removes all letters of the current mailbox that are marked as deleted, by whomever. */
  clearDeletedMessages(): Promise<void> {
    return this.#imap('letters are purged').clearDeletedMessages()
  }

  /** Marks letters, each as it is said of it. */
  setMessagesFlags(flags: ReadonlyMap<MessageReference, InternetMailMessageFlags>): Promise<void> {
    const each = [...flags].map(([named, some]) => [[named], some] as const)
    return this.#imap('flags are set').setMessagesFlags(each)
  }

  /** The names of all mailboxes. */
  async getMailBoxes(): Promise<string[]> {
    return [...(await this.#imap('mailboxes are listed').getMailboxes({ isSubscribed: false }))]
  }

  /** The names of the mailboxes that the user has subscribed to. */
  async getMailBoxesBySubscription(): Promise<string[]> {
    return [...(await this.#imap('mailboxes are listed').getMailboxes({ isSubscribed: true }))]
  }

  subscribeToMailbox(name: string): Promise<void> {
    return this.#imap('mailboxes are subscribed to').subscribe(name)
  }

  unsubscribeFromMailbox(name: string): Promise<void> {
    return this.#imap('mailboxes are unsubscribed from').unsubscribe(name)
  }

  createMailbox(name: string): Promise<void> {
    return this.#imap('mailboxes are created').create(name)
  }

  /** Deletes a mailbox with all its letters. @throws EmailDirectoryNotFoundException when it is not there. */
  deleteMailbox(name: string): Promise<void> {
    return this.#imap('mailboxes are deleted').delete(name)
  }

  /** @throws EmailDirectoryNotFoundException when it is not there. */
  renameMailbox(name: string, newName: string): Promise<void> {
    return this.#imap('mailboxes are renamed').rename(name, newName)
  }

  /** The mailbox that is read, by its full name; empty for the inbox. It is opened when it is first needed, and that says if it is not there. */
  get currentMailbox(): string {
    const { receiver } = this.#connected ?? {}
    return receiver instanceof ImapReceiver ? receiver.currentMailbox : ''
  }

  set currentMailbox(name: string) {
    this.#imap('mailboxes are chosen').currentMailbox = name
  }

  /** What separates the names of mailboxes that lie in one another. */
  get delimiterChar(): Promise<string> {
    return this.#imap('mailboxes lie in one another').delimiter
  }

  toJSON(): object {
    const { profile, receiver } = this.#connected ?? {}
    return { profile, isConnected: receiver !== undefined, currentMailbox: this.currentMailbox }
  }

  async #sendBySmtp(
    message: InternetMailMessage,
    processing: InternetMailTextProcessing,
  ): Promise<ReadonlyMap<string, string>> {
    const { profile } = this.#requireConnected()
    if (profile.smtpServerAddress === '') {
      throw new IllegalStateException('the profile names no server to send by')
    }
    // What the caller has to mend is told as such, before anything is sent.
    const prepared = message.prepare(processing)
    const { messageId } = prepared
    const route = (this.#route ??= this.#newRoute())
    const isReadable = (): boolean => true
    const recipients = await route.deliver({ prepared, isReadable }).catch((cause: unknown) => {
      route.retry()
      throw new EmailSendingException({ messageId, cause })
    })
    const failed = recipients.filter(({ kind }) => kind !== 'accepted')
    if (failed.length === recipients.length || failed.some(({ kind }) => kind === 'unknown')) {
      throw new EmailSendingException({ messageId, recipients })
    }
    return new Map(
      failed.map(({ forwardPath, reply }) => [forwardPath.addrSpec, reply?.toString() ?? '']),
    )
  }

  /** Some servers take letters from whoever has just logged in to the mailbox. Who reads it by POP3 has, and could not once more: the maildrop is locked. */
  #newRoute(): SendingRoute {
    const { profile, options, receiver } = this.#requireConnected()
    const isDue = profile.pop3BeforeSmtp && !(receiver instanceof Pop3Receiver)
    const beforeConnecting = async (): Promise<void> => {
      await (await Pop3Receiver.open(profile.toPop3Parameters(), options)).close()
    }
    return new SendingRoute(profile.toSmtpParameters(), {
      ...options,
      ...(isDue && profile.pop3ServerAddress !== '' && { beforeConnecting }),
    })
  }

  /** One letter that a server can't read must not keep all others from being read; but nothing at all must not look like an empty mailbox. */
  #take<Item>({ items, refusals }: Given<Item>): Item[] {
    this.#refusals = refusals
    const [refusal] = refusals.values()
    if (items.length === 0 && refusal !== undefined) throw refusal
    return [...items]
  }

  #requireConnected(): Connected {
    if (this.#connected !== undefined) return this.#connected
    throw new IllegalStateException('mail is not connected: call logon first')
  }

  get #receiver(): MailReceiver {
    const { receiver } = this.#requireConnected()
    if (receiver !== undefined) return receiver
    throw new IllegalStateException('the profile names no server that letters are read from')
  }

  #imap(what: string): ImapReceiver {
    const receiver = this.#receiver
    if (receiver instanceof ImapReceiver) return receiver
    throw new IllegalStateException(`${what} by IMAP only, and the connection is by POP3`)
  }
}

printAs(InternetMail, (mail) => `InternetMail ${JSON.stringify(mail)}`)

async function openReceiver(
  profile: InternetMailProfile,
  protocol: InternetMailProtocol,
  options: MailboxOptions,
): Promise<MailReceiver | undefined> {
  switch (protocol) {
    case InternetMailProtocol.Imap:
      if (profile.imapServerAddress === '') return undefined
      return ImapReceiver.open(profile.toImapParameters(), options)
    case InternetMailProtocol.Pop3:
      if (profile.pop3ServerAddress === '') return undefined
      return Pop3Receiver.open(profile.toPop3Parameters(), options)
    default:
      throw new IllegalArgumentException('letters are read by POP3 or IMAP: SMTP only sends')
  }
}
