import type {
  SmtpServerEvent,
  SmtpServerLetter,
  SmtpServerOptions,
} from '../../src/smtp/server-event.ts'
import { SmtpServerSession } from '../../src/smtp/server-session.ts'

export const OPTIONS: SmtpServerOptions = {
  hostName: 'mail.test',
  sizeLimitOctets: 10_000,
  isEncrypted: true,
  offersStartTls: true,
  allowsClearTextLogin: false,
  offersChunking: true,
  requiresLogin: false,
}

export interface Heard {
  readonly replies: string
  readonly letters: readonly SmtpServerLetter[]
  readonly events: readonly SmtpServerEvent[]
}

/** What a question is answered with, by its kind; nothing: go on. */
export type Answers = Partial<Record<SmtpServerEvent['kind'], string>>

const latin1 = new TextDecoder('latin1')

export function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Answers every question until the session wants to read again. */
export function settle(
  session: SmtpServerSession,
  first: SmtpServerEvent[],
  answers: Answers = {},
): SmtpServerEvent[] {
  const events = [...first]
  for (const event of events) {
    switch (event.kind) {
      case 'command':
      case 'login':
      case 'recipient':
      case 'letter':
        events.push(...session.answer(answers[event.kind]))
        break
      case 'startTls':
        events.push(...session.encryptionStarted())
        break
      default:
    }
  }
  return events
}

export function heard(events: readonly SmtpServerEvent[]): Heard {
  let replies = ''
  const letters: SmtpServerLetter[] = []
  for (const event of events) {
    if (event.kind === 'send') replies += latin1.decode(event.octets)
    if (event.kind === 'letter') letters.push(event.letter)
  }
  return { replies, letters, events }
}

/** A session that has greeted, and what it does with these octets. */
export function say(
  text: string | Uint8Array,
  options: Partial<SmtpServerOptions> = {},
  answers: Answers = {},
): Heard {
  const session = new SmtpServerSession({ ...OPTIONS, ...options })
  session.start()
  const octets = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return heard(settle(session, session.receive(octets), answers))
}

export function codesOf({ replies }: Heard): string[] {
  return replies
    .split('\r\n')
    .filter((line) => /^[0-9]{3} /.test(line))
    .map((line) => line.slice(0, 3))
}

export function lastReply({ replies }: Heard): string {
  return replies.trimEnd().split('\r\n').at(-1) ?? ''
}

export const EHLO = 'EHLO shop.example\r\n'
export const TRANSACTION = `${EHLO}MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n`
