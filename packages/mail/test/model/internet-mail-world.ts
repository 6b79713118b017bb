import {
  InternetMail,
  InternetMailMessage,
  InternetMailProfile,
  InternetMailProtocol,
} from '../../src/internet-mail.ts'
import { SecureConnectionParameters } from '../../src/index.ts'
import { startMailHost, type MailHost, type MailHostOptions } from '../../src/testing.ts'
import type { Loopback } from '../net/loopback.ts'
import { ca, tls } from '../testing/running-host.ts'

export const ADDRESS = 'exchange@example.org'
const PASSWORD = 'tanstaaf'

/** A mail host with one mailbox, and mail that is connected to it. */
export interface MailWorld extends AsyncDisposable {
  readonly host: MailHost
  readonly mail: InternetMail
  readonly profile: InternetMailProfile
  /** Puts a letter into the mailbox. */
  put(subject: string, text?: string): void
  /** The subjects of what lies in the mailbox. */
  subjects(): readonly string[]
}

export function profileFor(host: MailHost): InternetMailProfile {
  const profile = new InternetMailProfile()
  profile.secureParameters = new SecureConnectionParameters(ca)
  profile.smtpServerAddress = host.smtp.host
  profile.smtpPort = host.smtps?.port ?? host.smtp.port
  profile.smtpUseSsl = host.smtps !== undefined
  profile.pop3ServerAddress = host.pop3.host
  profile.pop3Port = host.pop3s?.port ?? host.pop3.port
  profile.pop3UseSsl = host.pop3s !== undefined
  profile.smtpUser = ADDRESS
  profile.smtpPassword = PASSWORD
  profile.user = ADDRESS
  profile.password = PASSWORD
  return profile
}

export async function startWorld(
  options: Partial<MailHostOptions> = {},
  security: 'with TLS' | 'without TLS' = 'with TLS',
): Promise<MailWorld> {
  const accounts = [
    { address: ADDRESS, password: PASSWORD },
    { address: 'office@example.org', password: 'x' },
  ]
  const host = await startMailHost({
    accounts,
    ...(security === 'with TLS' && { tls }),
    requiresLogin: true,
    ...options,
  })
  const mail = new InternetMail()
  const profile = profileFor(host)
  return {
    host,
    mail,
    profile,
    put(subject, text = subject) {
      host
        .mailbox(ADDRESS)
        .put(`From: a@b.example\r\nTo: ${ADDRESS}\r\nSubject: ${subject}\r\n\r\n${text}\r\n`)
    },
    subjects: () =>
      host
        .mailbox(ADDRESS)
        .letters()
        .map(({ octets }) => InternetMailMessage.received({ octets, isWhole: true }).subject),
    async [Symbol.asyncDispose]() {
      await mail.logoff().catch(() => undefined)
      await host.close()
    },
  }
}

/** A letter from the mailbox of the world, to the office by default. */
export function newMessage(to: string = 'office@example.org'): InternetMailMessage {
  const message = new InternetMailMessage()
  message.from = ADDRESS
  message.to.add(to)
  return message
}

/** A profile for a server in memory that speaks IMAP without TLS. */
export function imapProfile(listener: Loopback): InternetMailProfile {
  const profile = new InternetMailProfile()
  const { host, port } = listener.at()
  profile.imapServerAddress = host
  profile.imapPort = port
  profile.imapUser = 'tim'
  profile.imapPassword = PASSWORD
  profile.requireTls = false
  return profile
}

export async function logonByImap(listener: Loopback): Promise<InternetMail> {
  const mail = new InternetMail()
  await mail.logon(imapProfile(listener), InternetMailProtocol.Imap)
  return mail
}
