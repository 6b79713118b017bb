import { Email } from './email.ts'
import type { EmailsSendingResult } from './emails-sending-result.ts'
import { IllegalArgumentException } from './exception.ts'
import { sendEmails, type SendingOptions } from './send-emails.ts'
import { SmtpConnectionParameters } from './smtp-connection-parameters.ts'

/** Sends letters. There is one: {@link SmtpClient}. */
class SmtpClientSingleton {
  /**
   * Sends one letter to everybody in To, Cc and Bcc, over a connection of its own; several times over it, when the server takes only so many recipients at once.
   *
   * @throws EmailSendingException when it was not accepted for all of them. Its `outcome` says whether anybody may have it.
   * @throws IllegalStateException when the letter has no sender, no recipients, or a stream that was sent before, and HeaderInvalid when something in it can't be written. Nothing
   * was sent then.
   * @throws IllegalArgumentException when the arguments are others than these: nothing must not look like everything sent where nobody writes types.
   *
   * @example
   * ```ts
   * import { Email, PasswordEmailAuthentication, SmtpClient, SmtpConnectionParameters } from '@obmen/mail'
   *
   * const parameters = new SmtpConnectionParameters(
   *   'smtp.example.org',
   *   465,
   *   new PasswordEmailAuthentication('user', 'password'),
   * )
   * const email = new Email('shop-1@example.org', 'office@example.org', 'Stock')
   * await SmtpClient.send(parameters, email.setTextAsString('All is there.'))
   * ```
   */
  send(
    parameters: SmtpConnectionParameters,
    message: Email,
    options?: SendingOptions,
  ): Promise<void>
  /**
   * Sends several letters over one connection, in their order, and a new one when that breaks. A failure of one letter is told in its result, and the others are sent all the same; when there is no
   * connection, or the caller gives up, every result says so. It does not reject for what becomes of a letter.
   *
   * @returns A result for each letter, in the order of the letters.
   */
  send(
    parameters: SmtpConnectionParameters,
    messages: readonly Email[],
    options?: SendingOptions,
  ): Promise<readonly EmailsSendingResult[]>
  async send(
    parameters: SmtpConnectionParameters,
    given: Email | readonly Email[],
    options: SendingOptions = {},
  ): Promise<void | readonly EmailsSendingResult[]> {
    checkArguments(parameters, given)
    if (!(given instanceof Email)) return sendEmails(parameters, given, options)
    // What the caller has to mend is told as such, before anything is sent.
    given.prepare()
    const [result] = await sendEmails(parameters, [given], options)
    if (result?.exception !== undefined) throw result.exception
  }
}

/** What has no length would be sent as no letters at all, and that succeeds; and letters are not begun when one among them can't be one. */
function checkArguments(parameters: unknown, given: unknown): void {
  if (!(parameters instanceof SmtpConnectionParameters)) {
    throw new IllegalArgumentException('the connection parameters are no SmtpConnectionParameters')
  }
  const isEmails = Array.isArray(given) && given.every((email) => email instanceof Email)
  if (!(given instanceof Email) && !isEmails) {
    throw new IllegalArgumentException('what is to be sent is no Email, and no array of them')
  }
}

/** Sends letters by SMTP: one, or several over one connection. */
export const SmtpClient: SmtpClientSingleton = Object.freeze(new SmtpClientSingleton())
export type { SmtpClientSingleton }
