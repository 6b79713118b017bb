import { connectionArguments, EmailConnectionParameters } from './email-connection-parameters.ts'
import type { EmailConnectionArguments } from './email-connection-parameters.ts'
import type { EmailAuthentication } from './email-authentication.ts'

/** RFC 8314 §3.3: submission with TLS from the first octet. */
const SUBMISSIONS_PORT = 465

/**
 * An SMTP server, how to reach it, and who to log in as.
 *
 * @example
 * ```ts
 * import { PasswordEmailAuthentication, SmtpConnectionParameters } from '@obmen/mail'
 *
 * const authentication = new PasswordEmailAuthentication('office', 'tanstaaf')
 * const implicitTls = new SmtpConnectionParameters('smtp.example.org', 465, authentication)
 * const startTls = new SmtpConnectionParameters({ server: 'smtp.example.org', port: 587, authentication })
 * ```
 */
export class SmtpConnectionParameters extends EmailConnectionParameters {
  protected override readonly implicitTlsPort: number = SUBMISSIONS_PORT

  /** @throws IllegalArgumentException when the server is empty, the port is none, or a time is negative. */
  constructor(
    server: string | EmailConnectionArguments,
    port: number = SUBMISSIONS_PORT,
    authentication?: EmailAuthentication,
  ) {
    super(connectionArguments(server, { port, authentication }))
  }
}
