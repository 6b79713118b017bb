import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { Secret } from '../../src/base/secret.ts'
import { openImap } from '../../src/net/imap-client.ts'
import type { ImapConnection, ImapOptions } from '../../src/net/imap-client.ts'
import type { ImapMailbox } from '../../src/net/imap-mailbox.ts'
import type { Loopback } from './loopback.ts'

/** Who logs in here. */
export const credentials = { user: 'tim', password: new Secret('tanstaaf') } as const

/** An open mailbox over a socket. */
export interface OpenInbox extends AsyncDisposable {
  readonly imap: ImapConnection
  readonly inbox: ImapMailbox
}

/** A server that falls silent fails the test instead of holding it up for minutes. */
export async function openInbox(host: Loopback, options: ImapOptions = {}): Promise<OpenInbox> {
  const imap = await openImap(host.at({ credentials }), { totalTimeoutMs: 10_000, ...options })
  const inbox = await imap.select('INBOX')
  return { imap, inbox, [Symbol.asyncDispose]: () => imap.close() }
}

/** What a server says to a command behind its tag, and nothing for an empty text; by default that all is well. */
export type Answers = (
  command: string,
  say: (line: string) => void,
  socket: Duplex,
) => string | undefined

/** The header section of every letter here. */
export const HEADER = 'Subject: x\r\n\r\n'

/** An IMAP server with one mailbox of so many letters, whose UIDs are the even numbers. It has no literals of the client. */
export class SmallImapServer {
  /** The commands that came, without their tags. */
  readonly commands: string[] = []
  readonly #letters: number
  readonly #answers: Answers
  readonly #capabilities: string

  constructor(letters: number, capabilities: string = 'IDLE', answers: Answers = () => undefined) {
    this.#letters = letters
    this.#capabilities = `IMAP4rev1 ${capabilities}`
    this.#answers = answers
  }

  /** How often a command came that begins so. */
  count(beginning: string): number {
    return this.commands.filter((command) => command.startsWith(beginning)).length
  }

  readonly serve = (socket: Duplex): void => {
    socket.write(`* OK [CAPABILITY ${this.#capabilities}] ready\r\n`)
    this.serveGreeted(socket)
  }

  /** The same where the client has been greeted before, as after STARTTLS. */
  serveGreeted(socket: Duplex): void {
    const say = (line: string): void => void socket.write(`${line}\r\n`)
    let idleTag = ''
    // Otherwise every second line waits for the client to acknowledge the one before.
    if (socket instanceof Socket) socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    const input = createInterface(socket)
    // It repeats the error of its socket.
    input.on('error', () => undefined)
    input.on('line', (line) => {
      const isDone = line === 'DONE'
      const [tag = '', ...words] = isDone ? [idleTag, 'DONE'] : line.split(' ')
      const command = words.join(' ')
      this.commands.push(command)
      if (command === 'IDLE') idleTag = tag
      const answer = this.#answers(command, say, socket) ?? this.#say(command, say)
      if (answer !== '') say(`${command === 'IDLE' ? '+' : tag} ${answer}`)
      if (command === 'LOGOUT') socket.end()
    })
  }

  #say(command: string, say: (line: string) => void): string {
    if (command === 'CAPABILITY') say(`* CAPABILITY ${this.#capabilities}`)
    if (command.startsWith('SELECT')) {
      say(`* ${this.#letters} EXISTS`)
      say('* OK [UIDVALIDITY 1] valid')
    }
    if (command.startsWith('UID SEARCH')) {
      const uids = Array.from({ length: this.#letters }, (_, index) => 2 * index + 2)
      say(`* SEARCH ${uids.join(' ')}`)
    }
    if (command.startsWith('UID FETCH')) {
      for (const uid of uidsIn(command.split(' ')[2] ?? '')) {
        if (uid % 2 !== 0 || uid > 2 * this.#letters) continue
        say(`* ${uid / 2} FETCH (UID ${uid} BODY[HEADER] {${HEADER.length}}\r\n${HEADER})`)
      }
    }
    if (command === 'LOGOUT') say('* BYE')
    return command === 'IDLE' ? 'idling' : 'OK'
  }
}

function* uidsIn(set: string): Generator<number> {
  for (const range of set.split(',')) {
    const [first = 0, last = first] = range.split(':').map(Number)
    for (let uid = first; uid <= last; uid++) yield uid
  }
}
