import type { CanonicalLetter } from '../base/canonical-letter.ts'
import type { DkimKey } from '../dkim/key.ts'
import { signMessage } from '../net/dkim-signing.ts'
import { sendToAll } from '../net/left-over.ts'
import { dismissal } from '../net/pool-connection.ts'
import { openSmtp, type SmtpConnection } from '../net/smtp-client.ts'
import { trackContent } from '../net/tracked-content.ts'
import type { Envelope, RecipientOutcome, SendingOutcome } from '../smtp/envelope.ts'
import type { PreparedEmail } from './email.ts'
import type { SendingOptions } from './send-emails.ts'
import type { SmtpConnectionParameters } from './smtp-connection-parameters.ts'

/** A letter on its way. */
export interface RoutedLetter {
  readonly prepared: PreparedEmail
  /** Whether its octets can be read once more. */
  readonly isReadable: () => boolean
  readonly onProgress?: (sentOctets: number, totalOctets: number | undefined) => void
}

/** A letter with which two connections in a row were lost that took no other either is not tried on a third. */
const ATTEMPTS_MAX = 2

/** So many letters in a row that are not tried any more are not the fault of these letters. Those that wait behind them are given up too, instead of going the same way one by one. */
const LETTERS_GIVEN_UP_MAX = 3

/** How letters go. */
export interface RouteOptions extends Omit<SendingOptions, 'onProgress'> {
  /** What has to be done before each connection. When it fails, none is made. */
  readonly beforeConnecting?: () => Promise<void>
}

/** The way to one server: a connection for all letters, and a new one when that breaks. */
export class SendingRoute {
  readonly #parameters: SmtpConnectionParameters
  readonly #options: RouteOptions
  #connection: SmtpConnection | undefined
  /** Connections that letters were taken over. Some servers take few over each. */
  readonly #useful = new WeakSet<SmtpConnection>()
  /** The connection that is being made. One that could not be made stays here: the letters that are left need not wait for it once more. */
  #opening: Promise<SmtpConnection> | undefined
  #isCutOff = false
  #isClosed = false
  /** How many letters were given up since one was taken. */
  #givenUp = 0

  constructor(parameters: SmtpConnectionParameters, options: RouteOptions = {}) {
    this.#parameters = parameters
    this.#options = options
  }

  /** Ends the connection, also one that is being made just now. No other is made after it. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => undefined)
    await this.#connection?.close()
  }

  /** Lets the next letter try again what could not be connected. */
  retry(): void {
    if (this.#isCutOff) this.#opening = undefined
    this.#isCutOff = false
  }

  /** Hands a letter over, in as many transactions as the server wants for its recipients (RFC 5321 §4.5.3.1.10). */
  async deliver(letter: RoutedLetter): Promise<readonly RecipientOutcome[]> {
    const { dkim, delivery } = this.#options
    const { envelope: prepared, content: composed } = letter.prepared
    const envelope = { ...prepared, ...(delivery && { delivery }) }
    const content = dkim === undefined ? composed : await this.#sign(composed, dkim)
    const transact = async (part: Envelope): Promise<SendingOutcome> => ({
      recipients: await this.#transact(part, content, letter),
    })
    return (await sendToAll(envelope, transact, letter.isReadable)).recipients
  }

  /** Within the times that sending it has. */
  #sign(letter: CanonicalLetter, keys: DkimKey | readonly DkimKey[]): Promise<CanonicalLetter> {
    const { signal } = this.#options
    const { contentMs } = this.#parameters.deadlines
    return signMessage(letter, keys, {
      ...(signal && { signal }),
      ...(contentMs !== undefined && { contentMs }),
    })
  }

  /**
   * One transaction; on a new connection when the old one was lost before any octet of the letter was asked for, or when the server has taken letters over it and
   * says now that it takes no more (421).
   */
  async #transact(
    envelope: Envelope,
    content: CanonicalLetter,
    { isReadable, onProgress }: RoutedLetter,
  ): Promise<readonly RecipientOutcome[]> {
    const { signal } = this.#options
    for (let attempt = 1; ;) {
      const letter = trackContent(content)
      const connection = await this.#connected()
      let isPassedOver = false
      try {
        const outcome = await connection.send(envelope, letter, {
          // It is repeated here, on another connection if need be.
          mayRepeat: () => false,
          onPassedOver: () => {
            isPassedOver = true
          },
          ...(signal && { signal }),
          ...(onProgress && {
            onProgress: (sentOctets: number) => onProgress(sentOctets, content.sizeOctets),
          }),
        })
        const isDismissed = dismissal(outcome) !== undefined
        if (!isDismissed) this.#noteUse(connection)
        else if (!this.#useful.has(connection)) this.#givenUp++
        else if (isReadable() && signal?.aborted !== true) continue
        return outcome.recipients
      } catch (error) {
        const isOver = this.#isClosed || signal?.aborted === true
        const isUntouched = !letter.isBegun && !connection.isOpen && !isOver
        if (!isUntouched) throw error
        if (this.#useful.has(connection)) continue
        // One letter that the server hangs up on must not take those with it that wait behind it.
        if (isPassedOver && this.#givenUp < LETTERS_GIVEN_UP_MAX) continue
        if (!isPassedOver && attempt === ATTEMPTS_MAX) this.#givenUp++
        if (isPassedOver || attempt === ATTEMPTS_MAX) throw error
        attempt++
      }
    }
  }

  #noteUse(connection: SmtpConnection): void {
    this.#useful.add(connection)
    this.#givenUp = 0
  }

  /** The connection that letters go over now: the one that is open, or one that all who wait for it share. */
  async #connected(): Promise<SmtpConnection> {
    if (this.#connection?.isOpen === true) return this.#connection
    this.#opening ??= this.#open()
    return this.#opening
  }

  async #open(): Promise<SmtpConnection> {
    const { signal, log, beforeConnecting } = this.#options
    await this.#connection?.close()
    try {
      await beforeConnecting?.()
      this.#connection = await openSmtp(this.#parameters.mailServer, {
        deadlines: this.#parameters.deadlines,
        ...(signal && { signal }),
        ...(log && { log }),
      })
    } catch (error) {
      this.#isCutOff = true
      throw error
    }
    this.#opening = undefined
    return this.#connection
  }
}
