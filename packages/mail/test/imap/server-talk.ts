import { octetsOf, textOf } from '../../src/base/octets.ts'
import type { MailboxCommand } from '../../src/imap/server-command.ts'
import {
  type ImapServerEvent,
  type ImapServerOptions,
  ImapServerSession,
} from '../../src/imap/server-session.ts'

export const OPTIONS: ImapServerOptions = {
  isEncrypted: true,
  offersStartTls: true,
  allowsClearTextLogin: false,
  capabilities: ['IMAP4rev1', 'ENABLE', 'QRESYNC', 'UTF8=ACCEPT', 'LITERAL+'],
  sizeLimitOctets: 1_000,
}

export const LOGIN = 'A LOGIN shop tanstaaf\r\n'

/** What questions are answered with; a login is granted, and a command executed, unless something else stands here. */
export interface Answers {
  readonly command?: string
  readonly login?: string
  readonly execute?: string
}

/** What a session has said and asked. */
export interface Heard {
  readonly said: string
  readonly events: readonly ImapServerEvent[]
  /** What was to be executed. */
  readonly commands: readonly MailboxCommand[]
}

/** Says something to a session, in these pieces, and answers what it asks. */
export function talk(
  session: ImapServerSession,
  pieces: Iterable<string | Uint8Array>,
  answers: Answers = {},
): Heard {
  const events: ImapServerEvent[] = []
  const take = (made: readonly ImapServerEvent[]): void => {
    for (const event of made) {
      events.push(event)
      take(reactionTo(session, event, answers))
    }
  }
  for (const piece of pieces) {
    take(session.receive(typeof piece === 'string' ? octetsOf(piece) : piece))
  }
  const commands = events.flatMap((event) => (event.kind === 'execute' ? [event.command] : []))
  return { said: events.map(saidBy).join(''), events, commands }
}

function reactionTo(
  session: ImapServerSession,
  event: ImapServerEvent,
  answers: Answers,
): readonly ImapServerEvent[] {
  switch (event.kind) {
    case 'command':
    case 'login':
      return session.answer(answers[event.kind])
    case 'execute':
      if (answers.execute !== undefined) return session.answer(answers.execute)
      return session.finish([octetsOf('* done\r\n')], { status: 'OK', text: 'executed' })
    case 'startTls':
      return session.encryptionStarted()
    default:
      return []
  }
}

function saidBy(event: ImapServerEvent): string {
  if (event.kind === 'send') return textOf(event.octets)
  if (event.kind === 'stream') return [...event.pieces].map((piece) => textOf(piece)).join('')
  return ''
}

/** Says something to a new session that may have other options, after its greeting. */
export function say(
  text: string,
  options: Partial<ImapServerOptions> = {},
  answers: Answers = {},
): Heard {
  const session = new ImapServerSession({ ...OPTIONS, ...options })
  session.start()
  return talk(session, [text], answers)
}

/** The last line that was said. */
export function lastLine({ said }: Heard): string {
  return said.trimEnd().split('\r\n').at(-1) ?? ''
}

/** The command that is to be executed after the login. */
export function commandOf(text: string): MailboxCommand | undefined {
  return say(`${LOGIN}B ${text}\r\n`).commands[0]
}
