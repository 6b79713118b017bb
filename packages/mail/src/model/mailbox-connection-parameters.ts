import { connectionArguments, EmailConnectionParameters } from './email-connection-parameters.ts'
import type { EmailConnectionArguments } from './email-connection-parameters.ts'
import type { EmailAuthentication } from './email-authentication.ts'
import type { SecureConnectionParameters } from './secure-connection-parameters.ts'

/** What the constructors of mailboxes' parameters take behind server and port: who to log in as, and whom to trust in TLS. */
export type MailboxLogin = [
  authentication?: EmailAuthentication,
  secureParameters?: SecureConnectionParameters,
]

/** A mailbox at a server, how to reach it, and who to log in as. */
export abstract class MailboxConnectionParameters extends EmailConnectionParameters {
  protected constructor(
    server: string | EmailConnectionArguments,
    port: number,
    [authentication, secureParameters]: MailboxLogin,
  ) {
    super(connectionArguments(server, { port, authentication, secureParameters }))
  }
}
