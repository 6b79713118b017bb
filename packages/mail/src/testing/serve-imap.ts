import type { SecureContext } from 'node:tls'
import type { Secret } from '../base/secret.ts'
import {
  type ImapServerEvent,
  type ImapServerOptions,
  ImapServerSession,
} from '../imap/server-session.ts'
import type { FaultHooks } from './fate.ts'
import { Desk } from './imap/desk.ts'
import type { MailboxTree } from './mailbox-tree.ts'
import { performCommon, serveSession } from './serve-session.ts'
import type { ServerConnection } from './server-connection.ts'

/** What the host can do beside logging in and STARTTLS, which the session offers by itself. */
const CAPABILITIES: readonly string[] = [
  'IMAP4rev1',
  'IMAP4rev2',
  'BINARY',
  'CHILDREN',
  'COMPRESS=DEFLATE',
  'CONDSTORE',
  'ENABLE',
  'ESEARCH',
  'ID',
  'IDLE',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'LITERAL+',
  'MOVE',
  'NAMESPACE',
  'QRESYNC',
  'QUOTA',
  'QUOTA=RES-STORAGE',
  'SEARCHRES',
  'SPECIAL-USE',
  'STATUS=SIZE',
  'UIDPLUS',
  'UNSELECT',
  'UTF8=ACCEPT',
]

export interface ImapService {
  readonly session: Omit<ImapServerOptions, 'capabilities'>
  /** What the host is not to be able to do: names of capabilities. */
  readonly without: readonly string[]
  readonly secureContext: SecureContext | undefined
  /** The mailboxes of this user, or `undefined` when there are none or the password is wrong; who has proved to be this user needs none. */
  readonly openMailboxes: (user: string, password: Secret | undefined) => MailboxTree | undefined
  readonly onCommand: FaultHooks['onCommand']
}

/** Serves one IMAP client. Settles when the connection is over. */
export async function serveImap(connection: ServerConnection, service: ImapService): Promise<void> {
  const conversation = new Conversation(connection, service)
  try {
    await serveSession(connection, conversation.session, (event) => conversation.perform(event))
  } finally {
    conversation.end()
  }
}

class Conversation {
  readonly session: ImapServerSession
  readonly #capabilities: readonly string[]
  readonly connection: ServerConnection
  readonly service: ImapService
  #desk: Desk | undefined

  constructor(connection: ServerConnection, service: ImapService) {
    const { without, session } = service
    const offered = [...CAPABILITIES, `APPENDLIMIT=${session.sizeLimitOctets}`]
    this.#capabilities = offered.filter((name) => !without.includes(name))
    this.session = new ImapServerSession({ ...session, capabilities: this.#capabilities })
    this.connection = connection
    this.service = service
  }

  async perform(event: ImapServerEvent): Promise<readonly ImapServerEvent[]> {
    switch (event.kind) {
      case 'stream':
        await this.#stream(event.pieces)
        return []
      case 'send':
      case 'startTls':
      case 'close':
      case 'command':
        return performCommon(event, 'imap', this)
      case 'compress':
        await this.connection.compress()
        return []
      case 'login':
        return this.#logIn(event.user, event.password)
      case 'idle':
        this.#tellNews()
        return []
      case 'execute': {
        // NOOP alone is executed for those who have not logged in.
        if (this.#desk === undefined) return this.session.answer('OK nothing done')
        const { pieces, end } = this.#desk.execute(event.command)
        return this.session.finish(pieces, end)
      }
    }
  }

  end(): void {
    this.#desk?.close()
  }

  #logIn(user: string, password: Secret | undefined): readonly ImapServerEvent[] {
    const tree = this.service.openMailboxes(user, password)
    if (tree === undefined) {
      return this.session.answer('NO [AUTHENTICATIONFAILED] wrong user name or password')
    }
    this.#desk = new Desk({
      tree,
      session: this.session,
      capabilities: this.#capabilities,
      sizeLimitOctets: this.service.session.sizeLimitOctets,
      onNews: () => this.#onNews(),
    })
    return this.session.answer()
  }

  /** Somebody has changed the mailbox that is open: who waits for news hears of it at once. */
  #onNews(): void {
    if (!this.session.isIdle) return
    this.#tellNews()
    void this.connection.flush()
  }

  #tellNews(): void {
    for (const piece of this.#desk?.takeNews() ?? []) this.connection.write(piece)
  }

  /** Each large piece waits for the one before, so a slow reader holds one letter in memory. */
  async #stream(pieces: Iterable<Uint8Array>): Promise<void> {
    let pending = 0
    for (const piece of pieces) {
      this.connection.write(piece)
      pending += piece.length
      if (pending < FLUSH_OCTETS) continue
      pending = 0
      await this.connection.flush()
      if (!this.connection.isOpen) return
    }
  }
}

/** As much as a socket takes at once. */
const FLUSH_OCTETS = 65_536
