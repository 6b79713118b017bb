import type { DkimKey } from '../dkim/key.ts'
import type { DeliveryRequest } from '../smtp/delivery.ts'
import type { ProtocolLog } from '../wire/protocol-log.ts'
import type { Email } from './email.ts'
import { EmailSendingException } from './email-exception.ts'
import { EmailsSendingResult } from './emails-sending-result.ts'
import { readArguments } from './named-arguments.ts'
import { SendingRoute } from './sending-route.ts'
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
  readonly #route: SendingRoute
  readonly #emails: readonly Email[]
  readonly #onProgress: SendingOptions['onProgress']
  readonly #results: EmailsSendingResult[] = []
  #next = 0

  constructor(
    parameters: SmtpConnectionParameters,
    emails: readonly Email[],
    { onProgress, ...options }: SendingOptions,
  ) {
    this.#route = new SendingRoute(parameters, options)
    this.#emails = emails
    this.#onProgress = onProgress
  }

  async run(): Promise<readonly EmailsSendingResult[]> {
    const count = Math.min(this.#emails.length, LETTERS_UNDER_WAY_MAX)
    await Promise.all(Array.from({ length: count }, () => this.#sendInTurn()))
    return this.#results
  }

  async close(): Promise<void> {
    await this.#route.close()
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
    const onProgress = this.#onProgress
    try {
      const prepared = email.prepare()
      messageId = prepared.messageId
      const recipients = await this.#route.deliver({
        prepared,
        isReadable: () => !email.attachments.some(({ isUsedUp }) => isUsedUp),
        ...(onProgress && {
          onProgress: (sentOctets: number, totalOctets: number | undefined) =>
            onProgress({ message: email, index, sentOctets, totalOctets }),
        }),
      })
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
}
