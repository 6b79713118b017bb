import {
  ImapConnection,
  ImapConnectionParameters,
  ImapDirectoryOpenMode,
  PasswordEmailAuthentication,
  type ImapEmailDirectory,
} from '../../src/index.ts'
import type { Loopback } from '../net/loopback.ts'
import { MemoryImap } from './memory-imap.ts'

/** A connection to a server in memory. */
export interface ImapWorld extends AsyncDisposable {
  readonly host: MemoryImap
  readonly connection: ImapConnection
  directory(path: string): Promise<ImapEmailDirectory>
}

export function parametersFor(listener: Pick<Loopback, 'at'>): ImapConnectionParameters {
  const { host, port } = listener.at()
  return new ImapConnectionParameters({
    server: host,
    port,
    allowStartTls: false,
    authentication: new PasswordEmailAuthentication('tim', 'tanstaaf'),
  })
}

/** Connects to the server. What was connected goes with the test. */
export async function openWorld(
  host: MemoryImap = new MemoryImap(),
  purges: boolean = true,
): Promise<ImapWorld> {
  const listener = await host.listen()
  const connection = await ImapConnection.connect(parametersFor(listener), purges)
  return {
    host,
    connection,
    async directory(path) {
      const directory = await connection.getDirectory(path)
      if (directory === undefined) throw new Error(`no ${path}`)
      return directory
    },
    async [Symbol.asyncDispose]() {
      await connection.close().catch(() => undefined)
      await listener[Symbol.asyncDispose]()
    },
  }
}

/** So many letters, whose subjects are their indexes, in a mailbox of the server. */
export function fill(host: MemoryImap, name: string, count: number): void {
  for (let index = 0; index < count; index++) {
    host.mailbox(name).put(`From: a@b.example\r\nSubject: ${index}\r\n\r\ntext ${index}\r\n`)
  }
}

export async function openInbox(
  world: ImapWorld,
  mode: ImapDirectoryOpenMode = ImapDirectoryOpenMode.ReadWrite,
): Promise<ImapEmailDirectory> {
  return (await world.directory('INBOX')).open(mode)
}

/** The subjects of the letters that the server has in a mailbox. */
export function subjectsIn({ host }: ImapWorld, name: string): readonly string[] {
  return host.mailbox(name).letters.map(({ octets }) => /Subject: (.*)\r/.exec(octets)?.[1] ?? '')
}
