/** The mail host of the tests by IMAP, for exchanges that need no real server. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { UidSet } from '../src/imap.ts'
import { parseContentDisposition, parseContentType, parseHeaderSection } from '../src/mime.ts'
import type { Mailbox, StoredLetter } from '../src/testing.ts'

/** What the server says to a command instead of obeying it: behind its tag, or nothing. */
export type Refuse = (command: string) => string | undefined

/** The letters of a mail host by IMAP, as far as an exchange asks for them; in one mailbox, whatever it is called. */
export class ImapHost {
  /** The commands that came, without their tags and without the login. */
  commands: string[] = []
  capabilities = 'UIDPLUS'
  uidValidity: number | undefined = 1
  refuse: Refuse = () => undefined
  readonly #mailbox: Mailbox
  readonly #server: Server
  readonly #flags = new Map<number, Set<string>>()
  readonly #idling = new Set<(line: string) => void>()

  private constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(mailbox: Mailbox): Promise<ImapHost> {
    const host = new ImapHost(mailbox)
    await once(host.#server.listen(0, '127.0.0.1'), 'listening')
    return host
  }

  get port(): number {
    const { port } = this.#server.address() as AddressInfo
    return port
  }

  /** How many clients wait in IDLE. */
  get idlingCount(): number {
    return this.#idling.size
  }

  /** Tells those who wait how many letters there are, as a server does when one has come. */
  tellOfLetters(): void {
    for (const say of this.#idling) say(`* ${this.#mailbox.letters().length} EXISTS\r\n`)
  }

  /** The flags of a letter; they may be changed. */
  flags(uid: number): Set<string> {
    const flags = this.#flags.get(uid) ?? new Set()
    this.#flags.set(uid, flags)
    return flags
  }

  /** The commands that begin so. */
  sent(beginning: string): readonly string[] {
    return this.commands.filter((command) => command.startsWith(beginning))
  }

  async close(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    const say = (line: string | Uint8Array): void => void socket.write(line)
    socket.setNoDelay(true).on('error', () => socket.destroy())
    say(`* OK [CAPABILITY IMAP4rev1 ${this.capabilities}] ready\r\n`)
    let idleTag = ''
    socket.on('close', () => this.#idling.delete(say))
    createInterface(socket).on('line', (line) => {
      const [tag = '', ...words] = line === 'DONE' ? [idleTag, line] : line.split(' ')
      const command = words.join(' ')
      if (words[0] !== 'LOGIN') this.commands.push(command)
      const refusal = this.refuse(command)
      if (refusal === undefined && command === 'IDLE') {
        idleTag = tag
        this.#idling.add(say)
        say('+ idling\r\n')
        return
      }
      if (command === 'DONE') this.#idling.delete(say)
      if (refusal === '') return socket.destroy()
      if (refusal === undefined) this.#obey(command, say)
      say(`${tag} ${refusal ?? 'OK done'}\r\n`)
      return words[0] === 'LOGOUT' && socket.end()
    })
  }

  #obey(command: string, say: (line: string | Uint8Array) => void): void {
    const [, set = ''] = /^UID [A-Z]+ (\S+)/.exec(command) ?? []
    if (command === 'CAPABILITY') say(`* CAPABILITY IMAP4rev1 ${this.capabilities}\r\n`)
    else if (/^(?:SELECT|EXAMINE)/.test(command)) this.#select(say)
    else if (command.startsWith('UID SEARCH')) this.#search(command, say)
    else if (command.startsWith('UID FETCH')) this.#fetch(command, set, say)
    else if (command.startsWith('UID STORE')) {
      for (const { uid } of this.#among(set)) this.flags(uid).add('\\Deleted')
    } else if (command.startsWith('UID EXPUNGE')) this.#expunge(this.#among(set))
    else if (command === 'EXPUNGE') this.#expunge(this.#mailbox.letters())
    else if (command === 'LOGOUT') say('* BYE\r\n')
  }

  #select(say: (line: string) => void): void {
    say(`* ${this.#mailbox.letters().length} EXISTS\r\n`)
    if (this.uidValidity !== undefined) say(`* OK [UIDVALIDITY ${this.uidValidity}] valid\r\n`)
  }

  #search(command: string, say: (line: string) => void): void {
    const set = / UID (\S+)$/.exec(command)?.[1]
    const letters = set === undefined ? this.#deleted() : this.#among(set)
    say(`* SEARCH ${letters.map(({ uid }) => uid).join(' ')}\r\n`)
  }

  #fetch(command: string, set: string, say: (line: string | Uint8Array) => void): void {
    const part = / BODY\.PEEK\[([1-9])\]\)$/.exec(command)?.[1]
    if (part !== undefined || command.endsWith(' BODYSTRUCTURE)')) {
      for (const { uid, octets } of this.#among(set)) this.#fetchPart(uid, octets, { part, say })
      return
    }
    const piece = / BODY\.PEEK\[\](?:<0\.(\d+)>)?\)$/.exec(command)
    for (const { uid, octets } of this.#among(set)) {
      const letter = Buffer.from(octets)
      const end = piece === null ? letter.indexOf('\r\n\r\n') + 4 : Number(piece[1] ?? Infinity)
      const content = letter.subarray(0, end)
      const section = piece === null ? 'HEADER' : ''
      const flags = [...this.flags(uid)].join(' ')
      say(`* ${uid} FETCH (UID ${uid} FLAGS (${flags}) BODY[${section}] {${content.length}}\r\n`)
      say(content)
      say(')\r\n')
    }
  }

  /** The structure of a letter, or the content of one of its parts as it is encoded. */
  #fetchPart(
    uid: number,
    octets: Uint8Array,
    {
      part,
      say,
    }: { readonly part: string | undefined; readonly say: (line: string | Uint8Array) => void },
  ): void {
    const parts = partsOf(Buffer.from(octets).toString())
    if (part === undefined) {
      const structure = `${parts.map(({ structure }) => structure).join('')} "mixed"`
      say(`* ${uid} FETCH (UID ${uid} BODYSTRUCTURE (${structure}))\r\n`)
      return
    }
    const content = Buffer.from(parts[Number(part) - 1]?.content ?? '')
    say(`* ${uid} FETCH (UID ${uid} BODY[${part}] {${content.length}}\r\n`)
    say(content)
    say(')\r\n')
  }

  #expunge(letters: readonly StoredLetter[]): void {
    for (const { uid } of letters) {
      if (this.flags(uid).has('\\Deleted')) this.#mailbox.remove(uid)
    }
  }

  #among(set: string): readonly StoredLetter[] {
    const uids = UidSet.parse(set)
    return this.#mailbox.letters().filter(({ uid }) => uids?.has(uid))
  }

  #deleted(): readonly StoredLetter[] {
    return this.#mailbox.letters().filter(({ uid }) => this.flags(uid).has('\\Deleted'))
  }
}

/** The parts of a letter that is one multipart, each with what BODYSTRUCTURE says of it. */
function partsOf(
  letter: string,
): readonly { readonly structure: string; readonly content: string }[] {
  const boundary = /boundary="?([^";\r\n]+)/.exec(letter)?.[1] ?? ''
  const parts = letter.split(`\r\n--${boundary}`).slice(1, -1)
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n')
    const header = parseHeaderSection(new TextEncoder().encode(part.slice(2, end + 4)))
    const { mediaType } = parseContentType(header.raw('content-type'))
    const { parameters } = parseContentDisposition(header.raw('content-disposition') ?? 'inline')
    const content = part.slice(end + 4)
    const type = mediaType.replace('/', '" "')
    const encoding = header.first('content-transfer-encoding') ?? '7bit'
    const lines = mediaType.startsWith('text/') ? ' 1' : ''
    const fileName = parameters.get('filename')
    const disposition = fileName === undefined ? 'NIL' : `("attachment" ("filename" "${fileName}"))`
    const structure = `("${type}" NIL NIL NIL "${encoding}" ${content.length}${lines} NIL ${disposition})`
    return { structure, content }
  })
}
