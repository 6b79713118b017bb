import type { SecureContext } from 'node:tls'
import type { Secret } from '../base/secret.ts'
import {
  Pop3ServerSession,
  type Pop3ServerEvent,
  type Pop3ServerOptions,
} from '../pop3/server-session.ts'
import type { FaultHooks } from './fate.ts'
import type { Mailbox } from './mailbox.ts'
import { performCommon, serveSession } from './serve-session.ts'
import type { ServerConnection } from './server-connection.ts'

export interface Pop3Service {
  readonly session: Pop3ServerOptions
  readonly secureContext: SecureContext | undefined
  /** The mailbox of this user, or `undefined` when there is none or the password is wrong; who has proved to be this user needs none. */
  readonly openMailbox: (user: string, password: Secret | undefined) => Mailbox | undefined
  readonly onCommand: FaultHooks['onCommand']
}

/** Serves one POP3 client. Settles when the connection is over; the maildrop is unlocked then, at the latest. */
export async function servePop3(connection: ServerConnection, service: Pop3Service): Promise<void> {
  const conversation = new Conversation(connection, service)
  try {
    await serveSession(connection, conversation.session, (event) => conversation.perform(event))
  } finally {
    conversation.unlock()
  }
}

class Conversation {
  readonly session: Pop3ServerSession
  readonly connection: ServerConnection
  readonly service: Pop3Service
  #mailbox: Mailbox | undefined
  #unlock: (() => void) | undefined

  constructor(connection: ServerConnection, service: Pop3Service) {
    this.session = new Pop3ServerSession(service.session)
    this.connection = connection
    this.service = service
  }

  async perform(event: Pop3ServerEvent): Promise<readonly Pop3ServerEvent[]> {
    switch (event.kind) {
      case 'stream':
        await this.#stream(event)
        return []
      case 'send':
      case 'startTls':
      case 'close':
      case 'command':
        return performCommon(event, 'pop3', this)
      case 'login':
        return this.#logIn(event.user, event.password)
      case 'letter':
        return this.#load(event.uniqueId)
      case 'update':
        for (const uniqueId of event.uniqueIds) this.#mailbox?.remove(Number(uniqueId))
        // Before the answer: a client that has it may log in again at once.
        this.unlock()
        return this.session.answer()
    }
  }

  unlock(): void {
    this.#unlock?.()
  }

  #logIn(user: string, password: Secret | undefined): readonly Pop3ServerEvent[] {
    const mailbox = this.service.openMailbox(user, password)
    if (mailbox === undefined) {
      return this.session.answer('-ERR [AUTH] wrong user name or password')
    }
    this.#unlock = mailbox.lock()
    if (this.#unlock === undefined) {
      return this.session.answer('-ERR [IN-USE] another session has locked the maildrop')
    }
    this.#mailbox = mailbox
    const letters = mailbox.letters().map(({ uid, sizeOctets }) => ({
      uniqueId: String(uid),
      sizeOctets,
    }))
    return this.session.openMaildrop(letters)
  }

  #load(uniqueId: string): readonly Pop3ServerEvent[] {
    const letter = this.#mailbox?.letter(Number(uniqueId))
    if (letter === undefined) return this.session.answer('-ERR [SYS/PERM] message is gone')
    return this.session.sendLetter(letter.octets)
  }

  /** Each piece waits for the one before, so a slow reader holds one piece in memory beside the letter. */
  async #stream(event: Extract<Pop3ServerEvent, { kind: 'stream' }>): Promise<void> {
    for (const piece of event.pieces) {
      this.connection.write(piece)
      await this.connection.flush()
      if (!this.connection.isOpen) return
    }
    if (event.isWhole) this.#mailbox?.markRead(Number(event.uniqueId))
  }
}
