/** Sessions with the servers of mailboxes, as the object models open them. */

import { openImap, type ImapConnection as ImapSession } from '../net/imap-client.ts'
import type { MailServer } from '../net/mail-server.ts'
import { openPop3, type Pop3Connection as Pop3Session } from '../net/pop3-client.ts'
import type { EmailConnectionParameters } from './email-connection-parameters.ts'
import { IllegalStateException } from './exception.ts'
import type { MailboxOptions } from './lazy-session.ts'
import { inMailbox } from './mailbox-exception.ts'

/** @throws MailboxException when there is no connection, or the login is refused; IllegalStateException when the parameters have no authentication. */
export function openImapSession(
  parameters: EmailConnectionParameters,
  options: MailboxOptions,
): Promise<ImapSession> {
  return openMailbox(parameters, (server, { deadlines }) =>
    openImap(server, { ...options, deadlines }),
  )
}

/** As {@link openImapSession}. */
export function openPop3Session(
  parameters: EmailConnectionParameters,
  options: MailboxOptions,
): Promise<Pop3Session> {
  return openMailbox(parameters, (server, { deadlines }) =>
    openPop3(server, { ...options, deadlines, wantsUtf8: true }),
  )
}

async function openMailbox<Session>(
  parameters: EmailConnectionParameters,
  open: (
    server: MailServer,
    { deadlines }: Pick<EmailConnectionParameters, 'deadlines'>,
  ) => Promise<Session>,
): Promise<Session> {
  const { mailServer } = parameters
  if (mailServer.credentials === undefined) {
    throw new IllegalStateException('the parameters of a mailbox need an authentication')
  }
  return inMailbox('opening the mailbox', () => open(mailServer, parameters))
}
