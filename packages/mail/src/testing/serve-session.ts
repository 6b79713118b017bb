import type { SecureContext } from 'node:tls'
import type { ServerDialogEvent } from '../wire/server-dialog.ts'
import type { CommandFate, FaultHooks, HostProtocol } from './fate.ts'
import type { ServerConnection } from './server-connection.ts'

/** What every server session offers, whatever its events are. */
export interface ServedSession<Event> {
  start(): Event[]
  receive(octets: Uint8Array): Event[]
  answer(reply?: string): Event[]
}

/**
 * Runs a server session over a connection until one of them ends.
 *
 * `perform` does what an event wants and returns the events that followed from it; a question is always the last
 * event, so order is kept. Replies are gathered and sent together when the session wants to read, as RFC 2920 §3.2 asks of
 * a server that offers PIPELINING.
 */
export async function serveSession<Event>(
  connection: ServerConnection,
  session: ServedSession<Event>,
  perform: (event: Event) => Promise<readonly Event[]>,
): Promise<void> {
  let events = session.start()
  for (;;) {
    for (const event of events) {
      events.push(...(await perform(event)))
      if (!connection.isOpen) return
    }
    await connection.flush()
    const octets = await connection.read()
    if (octets === null) return
    events = session.receive(octets)
  }
}

/** What every served session has, whatever is served. */
export interface ServedConversation<Session> {
  readonly session: Session
  readonly connection: ServerConnection
  readonly service: {
    readonly secureContext: SecureContext | undefined
    readonly onCommand: FaultHooks['onCommand']
  }
}

/** A session asks for these whatever its protocol is. */
export type CommonEvent = ServerDialogEvent | { readonly kind: 'command'; readonly line: string }

interface EncryptableSession<Event> extends ServedSession<Event> {
  encryptionStarted(): Event[]
}

/** Does what events want that all protocols have. */
export async function performCommon<Event>(
  event: CommonEvent,
  protocol: HostProtocol,
  { connection, session, service }: ServedConversation<EncryptableSession<Event>>,
): Promise<readonly Event[]> {
  switch (event.kind) {
    case 'send':
      connection.write(event.octets)
      return []
    case 'startTls':
      if (service.secureContext === undefined) throw new TypeError('TLS needs a certificate')
      await connection.flush()
      connection.encrypt(service.secureContext)
      return session.encryptionStarted()
    case 'close':
      await connection.end()
      return []
    case 'command': {
      const fate = (await service.onCommand?.(protocol, event.line)) ?? 'proceed'
      return decideCommand(connection, session, fate)
    }
  }
}

/** Lets the session execute its command, or does what the fault hook wants instead. */
async function decideCommand<Event>(
  connection: ServerConnection,
  session: ServedSession<Event>,
  fate: CommandFate,
): Promise<readonly Event[]> {
  if (fate === 'proceed') return session.answer()
  if (fate !== 'disconnect') return session.answer(fate.reply)
  await disconnect(connection)
  return []
}

/** The line breaks here: what was answered before has been sent, nothing more comes. */
export async function disconnect(connection: ServerConnection): Promise<void> {
  await connection.flush()
  connection.destroy()
}
