import type { EmailConnectionArguments } from './email-connection-parameters.ts'
import { MailboxConnectionParameters, type MailboxLogin } from './mailbox-connection-parameters.ts'

/** RFC 8314 §3.3: IMAP with TLS from the first octet. */
const IMAPS_PORT = 993

/** A mailbox at an IMAP server, how to reach it, and who to log in as. */
export class ImapConnectionParameters extends MailboxConnectionParameters {
  protected override readonly implicitTlsPort: number = IMAPS_PORT

  /**
   * @param rest Who to log in as, and whom to trust in TLS.
   * @throws IllegalArgumentException when the server is empty, the port is none, or a time is negative.
   */
  constructor(
    server: string | EmailConnectionArguments,
    port: number = IMAPS_PORT,
    ...rest: MailboxLogin
  ) {
    super(server, port, rest)
  }
}
