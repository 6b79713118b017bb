import type { SecureContext } from 'node:tls'
import type { Secret } from '../base/secret.ts'
import { Pop3ServerSession, type Pop3ServerEvent } from '../pop3/server-session.ts'
import type { ServerDialogOptions } from '../wire/server-dialog.ts'
import type { FaultHooks } from './fate.ts'
import type { Mailbox } from './mailbox.ts'
import { decideCommand, serveSession } from './serve-session.ts'
import type { ServerConnection } from './server-connection.ts'

export interface Pop3Service {
  readonly session: ServerDialogOptions
  readonly secureContext: SecureContext | undefined
  /** The mailbox of this user, or `undefined` when there is none or the password is wrong. */
  readonly openMailbox: (user: string, password: Secret) => Mailbox | undefined
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
  readonly #connection: ServerConnection
  readonly #service: Pop3Service
  #mailbox: Mailbox | undefined
  #unlock: (() => void) | undefined

  constructor(connection: ServerConnection, service: Pop3Service) {
    this.session = new Pop3ServerSession(service.session)
    this.#connection = connection
    this.#service = service
  }

  async perform(event: Pop3ServerEvent): Promise<readonly Pop3ServerEvent[]> {
    switch (event.kind) {
      case 'send':
        this.#connection.write(event.octets)
        return []
      case 'stream':
        await this.#stream(event)
        return []
      case 'startTls':
        return this.#startTls()
      case 'close':
        await this.#connection.end()
        return []
      case 'command': {
        const fate = (await this.#service.onCommand?.('pop3', event.line)) ?? 'proceed'
        return decideCommand(this.#connection, this.session, fate)
      }
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

  async #startTls(): Promise<readonly Pop3ServerEvent[]> {
    const { secureContext } = this.#service
    if (secureContext === undefined) throw new TypeError('STLS needs a certificate')
    await this.#connection.flush()
    this.#connection.encrypt(secureContext)
    return this.session.encryptionStarted()
  }

  #logIn(user: string, password: Secret): readonly Pop3ServerEvent[] {
    const mailbox = this.#service.openMailbox(user, password)
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
      this.#connection.write(piece)
      await this.#connection.flush()
      if (!this.#connection.isOpen) return
    }
    if (event.isWhole) this.#mailbox?.markRead(Number(event.uniqueId))
  }
}
