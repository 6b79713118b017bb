import type { EmailConnectionArguments } from './email-connection-parameters.ts'
import { MailboxConnectionParameters, type MailboxLogin } from './mailbox-connection-parameters.ts'

/** RFC 8314 §3.3: POP3 with TLS from the first octet. */
const POP3S_PORT = 995

/** A mailbox at a POP3 server, how to reach it, and who to log in as. */
export class Pop3ConnectionParameters extends MailboxConnectionParameters {
  protected override readonly implicitTlsPort: number = POP3S_PORT

  /**
   * @param rest Who to log in as, and whom to trust in TLS.
   * @throws IllegalArgumentException when the server is empty, the port is none, or a time is negative.
   */
  constructor(
    server: string | EmailConnectionArguments,
    port: number = POP3S_PORT,
    ...rest: MailboxLogin
  ) {
    super(server, port, rest)
  }
}
