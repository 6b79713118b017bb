import type { CanonicalLetter } from '../base/canonical-letter.ts'
import type { DkimKey } from '../dkim/key.ts'
import { signMessage } from '../net/dkim-signing.ts'
import { sendToAll } from '../net/left-over.ts'
import { dismissal } from '../net/pool-connection.ts'
import { openSmtp, type SmtpConnection } from '../net/smtp-client.ts'
import { trackContent } from '../net/tracked-content.ts'
import type { DeliveryRequest } from '../smtp/delivery.ts'
import type { Envelope, RecipientOutcome, SendingOutcome } from '../smtp/envelope.ts'
import type { ProtocolLog } from '../wire/protocol-log.ts'
import type { Email, PreparedEmail } from './email.ts'
import { EmailSendingException } from './email-exception.ts'
import { EmailsSendingResult } from './emails-sending-result.ts'
import { readArguments } from './named-arguments.ts'
import type { SmtpConnectionParameters } from './smtp-connection-parameters.ts'

/** How far the sending of a letter has come. */
export interface SendingProgress {
  readonly message: Email
  /** The place of the letter among all that are sent, counted from 0. */
  readonly index: number
  readonly sentOctets: number
  /** `undefined` when an attachment is a stream, whose size nobody knows. */
  readonly totalOctets: number | undefined
}

/** What the sending of letters may be told; all of it is an extension. */
export interface SendingOptions {
  /** Ends the sending and closes the connection. What had been sent whole may have arrived; the exceptions say so. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: SendingProgress) => void
  /** Gets every line of the conversation. Secrets are replaced and content is abbreviated. */
  readonly log?: ProtocolLog
  /**
   * Signs the letters with DKIM, as `readDkimKey` of `@obmen/mail/dkim` gives the keys. A letter is read twice then, so an attachment can't be a stream that somebody
   * has opened; and letters of about the same place in the order may change places.
   */
  readonly dkim?: DkimKey | readonly DkimKey[]
  /**
   * What the servers on the way are asked for beyond delivering: reports, TLS all the way, a time, a priority. A letter that needs what the server does not offer is
   * not sent.
   */
  readonly delivery?: Omit<DeliveryRequest, 'recipients'>
}

/**
 * How many letters are under way together. Enough for the commands of the next ones to travel with the content of this one, however long the line is; few enough that
 * their composed texts are no memory to speak of.
 */
const LETTERS_UNDER_WAY_MAX = 16

/** A letter that two connections in a row did not get to, and that took no other either, is not tried on a third. */
const ATTEMPTS_MAX = 2

/** Sends letters in their order, and says of each what became of it. Never rejects for a letter. */
export async function sendEmails(
  parameters: SmtpConnectionParameters,
  emails: readonly Email[],
  options: SendingOptions,
): Promise<readonly EmailsSendingResult[]> {
  const given = readArguments(options, ['signal', 'onProgress', 'log', 'dkim', 'delivery'])
  const sending = new Sending(parameters, emails, given)
  try {
    return await sending.run()
  } finally {
    await sending.close()
  }
}

class Sending {
  readonly #parameters: SmtpConnectionParameters
  readonly #emails: readonly Email[]
  readonly #options: SendingOptions
  readonly #results: EmailsSendingResult[] = []
  #next = 0
  #connection: SmtpConnection | undefined
  /** Connections that letters were taken over. Some servers take few over each. */
  readonly #useful = new WeakSet<SmtpConnection>()
  /** The connection that is being made. One that could not be made stays here: the letters that are left need not wait for it once more. */
  #opening: Promise<SmtpConnection> | undefined

  constructor(
    parameters: SmtpConnectionParameters,
    emails: readonly Email[],
    options: SendingOptions,
  ) {
    this.#parameters = parameters
    this.#emails = emails
    this.#options = options
  }

  async run(): Promise<readonly EmailsSendingResult[]> {
    const count = Math.min(this.#emails.length, LETTERS_UNDER_WAY_MAX)
    await Promise.all(Array.from({ length: count }, () => this.#sendInTurn()))
    return this.#results
  }

  async close(): Promise<void> {
    await this.#connection?.close()
  }

  async #sendInTurn(): Promise<void> {
    for (;;) {
      const index = this.#next++
      const email = this.#emails[index]
      if (email === undefined) return
      this.#results[index] = await this.#send(email, index)
    }
  }

  async #send(email: Email, index: number): Promise<EmailsSendingResult> {
    let messageId: string | undefined
    try {
      const prepared = email.prepare()
      messageId = prepared.messageId
      const recipients = await this.#deliver(prepared, { email, index })
      if (recipients.every(({ kind }) => kind === 'accepted')) {
        return new EmailsSendingResult(email, { messageId })
      }
      return this.#failed(email, { messageId, recipients })
    } catch (cause) {
      return this.#failed(email, { messageId, cause })
    }
  }

  #failed(
    email: Email,
    facts: ConstructorParameters<typeof EmailSendingException>[0],
  ): EmailsSendingResult {
    const exception = new EmailSendingException(facts)
    return new EmailsSendingResult(email, { exception, messageId: facts.messageId })
  }

  /** Hands a letter over, in as many transactions as the server wants for its recipients (RFC 5321 §4.5.3.1.10). */
  async #deliver(
    prepared: PreparedEmail,
    { email, index }: { readonly email: Email; readonly index: number },
  ): Promise<readonly RecipientOutcome[]> {
    const { dkim, delivery } = this.#options
    const { content: composed } = prepared
    const envelope = { ...prepared.envelope, ...(delivery && { delivery }) }
    const content = dkim === undefined ? composed : await signMessage(composed, dkim)
    const isReadable = (): boolean => !email.attachments.some(({ isUsedUp }) => isUsedUp)
    const transact = async (part: Envelope): Promise<SendingOutcome> => ({
      recipients: await this.#transact(part, content, { email, index }),
    })
    return (await sendToAll(envelope, transact, isReadable)).recipients
  }

  /**
   * One transaction; on a new connection when the old one was lost before any octet of the letter was asked for, or when the server has taken letters over it and
   * says now that it takes no more (421).
   */
  async #transact(
    envelope: Envelope,
    content: CanonicalLetter,
    { email, index }: { readonly email: Email; readonly index: number },
  ): Promise<readonly RecipientOutcome[]> {
    const { signal, onProgress } = this.#options
    const totalOctets = content.sizeOctets
    for (let attempt = 1; ;) {
      const letter = trackContent(content)
      const connection = await this.#connected()
      try {
        const outcome = await connection.send(envelope, letter, {
          // It is repeated here, on another connection if need be.
          mayRepeat: () => false,
          ...(signal && { signal }),
          ...(onProgress && {
            onProgress: (sentOctets: number) =>
              onProgress({ message: email, index, sentOctets, totalOctets }),
          }),
        })
        const isDismissed = dismissal(outcome) !== undefined
        const isReadable = !email.attachments.some(({ isUsedUp }) => isUsedUp)
        if (!isDismissed) this.#useful.add(connection)
        else if (this.#useful.has(connection) && isReadable && signal?.aborted !== true) continue
        return outcome.recipients
      } catch (error) {
        const isUntouched = !letter.isBegun && !connection.isOpen && signal?.aborted !== true
        if (!isUntouched || attempt === ATTEMPTS_MAX) throw error
        if (!this.#useful.has(connection)) attempt++
      }
    }
  }

  /** The connection that letters go over now: the one that is open, or one that all who wait for it share. */
  async #connected(): Promise<SmtpConnection> {
    if (this.#connection?.isOpen === true) return this.#connection
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<SmtpConnection> {
    const { signal, log } = this.#options
    await this.#connection?.close()
    this.#connection = await openSmtp(this.#parameters.mailServer, {
      deadlines: this.#parameters.deadlines,
      ...(signal && { signal }),
      ...(log && { log }),
    })
    this.#opening = undefined
    return this.#connection
  }
}
