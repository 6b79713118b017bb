import type { SecureContext } from 'node:tls'
import type { Secret } from '../base/secret.ts'
import type { SmtpServerEvent, SmtpServerOptions } from '../smtp/server-event.ts'
import { SmtpServerSession } from '../smtp/server-session.ts'
import type { FaultHooks } from './fate.ts'
import type { LetterDelivery } from './letter-delivery.ts'
import { disconnect, performCommon, serveSession } from './serve-session.ts'
import type { ServerConnection } from './server-connection.ts'

export interface SmtpService {
  readonly session: SmtpServerOptions
  readonly secureContext: SecureContext | undefined
  readonly delivery: LetterDelivery
  /** Whether somebody may log in; without a password, who has proved to be this user. */
  readonly isUser: (user: string, password: Secret | undefined) => boolean
  readonly onCommand: FaultHooks['onCommand']
}

/** Serves one SMTP client. Settles when the connection is over. */
export async function serveSmtp(connection: ServerConnection, service: SmtpService): Promise<void> {
  const session = new SmtpServerSession(service.session)
  await serveSession(connection, session, (event) =>
    perform(event, { connection, session, service }),
  )
}

interface Conversation {
  readonly connection: ServerConnection
  readonly session: SmtpServerSession
  readonly service: SmtpService
}

async function perform(
  event: SmtpServerEvent,
  conversation: Conversation,
): Promise<readonly SmtpServerEvent[]> {
  const { connection, session, service } = conversation
  switch (event.kind) {
    case 'send':
    case 'startTls':
    case 'close':
    case 'command':
      return performCommon(event, 'smtp', conversation)
    case 'login': {
      const isGranted = service.isUser(event.user, event.password)
      return session.answer(isGranted ? undefined : '535 5.7.8 wrong user name or password')
    }
    case 'recipient':
      return session.answer(
        service.delivery.recipientRefusal(event.forwardPath, event.declaredOctets),
      )
    case 'letter': {
      const verdict = await service.delivery.accept(event.letter)
      if (verdict.kind === 'answered') return session.answer(verdict.reply)
      await disconnect(connection)
      return []
    }
  }
}
