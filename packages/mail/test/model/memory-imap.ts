import type { Socket } from 'node:net'
import { serve, type Loopback } from '../net/loopback.ts'

/** A letter as the server keeps it. */
export interface KeptLetter {
  readonly uid: number
  readonly flags: Set<string>
  readonly octets: string
}

/** A mailbox as the server keeps it. */
export class KeptMailbox {
  readonly attributes: string
  uidValidity = 1
  letters: KeptLetter[] = []
  #nextUid = 1

  constructor(attributes: string = '') {
    this.attributes = attributes
  }

  put(octets: string, flags: readonly string[] = []): void {
    this.letters.push({ uid: this.#nextUid, flags: new Set(flags), octets })
    this.#nextUid += 10
  }

  /** Removes letters that are marked, and says which there were. */
  expunge(isMeant: (uid: number) => boolean = () => true): readonly number[] {
    const gone = this.letters.filter(({ uid, flags }) => flags.has('\\Deleted') && isMeant(uid))
    const places = gone.map((letter) => this.letters.indexOf(letter) + 1)
    this.letters = this.letters.filter((letter) => !gone.includes(letter))
    return places.toReversed()
  }
}

/** What one of the commands is answered with in place of what the server would do; `'hang up'` ends the connection. */
export type Refuse = (command: string) => string | undefined

/** The command line, and what there is to do with it. */
interface Command {
  readonly words: readonly string[]
  readonly text: string
  readonly literal: string
}

/** An IMAP server of one user whose mailboxes are in memory. */
export class MemoryImap {
  readonly mailboxes: Map<string, KeptMailbox> = new Map([['INBOX', new KeptMailbox()]])
  readonly commands: string[] = []
  readonly #capabilities: string
  readonly #refuse: Refuse
  readonly #sockets: Socket[] = []

  constructor(
    capabilities: string = 'UIDPLUS MOVE SPECIAL-USE UNSELECT NAMESPACE',
    refuse: Refuse = () => undefined,
  ) {
    this.#capabilities = `IMAP4rev1 ${capabilities}`
    this.#refuse = refuse
  }

  mailbox(name: string): KeptMailbox {
    const mailbox = this.mailboxes.get(name) ?? new KeptMailbox()
    this.mailboxes.set(name, mailbox)
    return mailbox
  }

  /** How often a command came that begins so. */
  count(beginning: string): number {
    return this.commands.filter((command) => command.startsWith(beginning)).length
  }

  listen(): Promise<Loopback> {
    return serve((socket) => {
      this.#sockets.push(socket)
      new MemorySession(this, socket).greet()
    })
  }

  /** Ends the connections that there are, as a server does that is restarted. */
  hangUp(): void {
    for (const socket of this.#sockets.splice(0)) socket.end()
  }

  get capabilities(): string {
    return this.#capabilities
  }

  refuse(command: string): string | undefined {
    this.commands.push(command)
    return this.#refuse(command)
  }
}

class MemorySession {
  readonly #host: MemoryImap
  readonly #socket: Socket
  #received = ''
  #selected: KeptMailbox | undefined
  #isReadOnly = false

  constructor(host: MemoryImap, socket: Socket) {
    this.#host = host
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
  }

  greet(): void {
    this.#say(`* OK [CAPABILITY ${this.#host.capabilities}] ready`)
    this.#socket.on('data', (text) => {
      this.#received += text.toString()
      while (this.#takeCommand()) continue
    })
  }

  /** A command with its literal, if it has one: a literal is asked for when the command is not refused. */
  #takeCommand(): boolean {
    const end = this.#received.indexOf('\r\n')
    if (end < 0) return false
    const line = this.#received.slice(0, end)
    const announced = /^(?<line>.*) \{(?<size>\d+)\}$/.exec(line)?.groups
    const size = Number(announced?.['size'] ?? -1)
    const [tag = '', ...rest] = (announced?.['line'] ?? line).split(' ')
    if (size >= 0 && this.#received.length < end + 4 + size) {
      if (this.#received.length > end + 2) return false
      const refusal = this.#host.refuse(rest.join(' '))
      if (refusal === undefined) this.#say('+ go on')
      else this.#answer(tag, refusal, end + 2)
      return false
    }
    const literal = size < 0 ? '' : this.#received.slice(end + 2, end + 2 + size)
    const command = { words: wordsOf(rest.join(' ')), text: rest.join(' '), literal }
    const refusal = size < 0 ? this.#host.refuse(command.text) : undefined
    this.#answer(tag, refusal ?? this.#run(command), end + (size < 0 ? 2 : size + 4))
    return true
  }

  #answer(tag: string, answer: string, taken: number): void {
    this.#received = this.#received.slice(taken)
    if (answer === 'hang up') this.#socket.destroy()
    else this.#say(`${tag} ${answer}`)
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`, 'latin1')
  }

  #run(command: Command): string {
    const [first = '', second = ''] = command.words
    const { mailboxes } = this.#host
    switch (first) {
      case 'CAPABILITY':
        this.#say(`* CAPABILITY ${this.#host.capabilities}`)
        return 'OK'
      case 'NAMESPACE':
        this.#say('* NAMESPACE (("" "/")) NIL NIL')
        return 'OK'
      case 'LIST':
        return this.#list(command.words[2] ?? '')
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(second, first === 'EXAMINE')
      case 'CREATE':
        if (mailboxes.has(second)) return 'NO there is one'
        mailboxes.set(second.replace(/\/$/, ''), new KeptMailbox())
        return 'OK'
      case 'DELETE':
        return mailboxes.delete(second) ? 'OK' : 'NO [NONEXISTENT] none'
      case 'RENAME':
        return this.#rename(second, command.words[2] ?? '')
      case 'APPEND':
        return this.#append(second, command)
      case 'CLOSE':
        if (!this.#isReadOnly) this.#selected?.expunge()
        this.#selected = undefined
        return 'OK'
      case 'EXPUNGE':
        return this.#expunge(() => true)
      case 'UID':
        return this.#runUid(second, command)
      case 'LOGOUT':
        this.#say('* BYE')
        return 'OK'
      default:
        if (first === 'UNSELECT') this.#selected = undefined
        if (first === 'NOOP' && this.#selected)
          this.#say(`* ${this.#selected.letters.length} EXISTS`)
        return 'OK'
    }
  }

  #list(pattern: string): string {
    const form = pattern.replace(/[.[\]\\+?^${}()|]/g, '\\$&')
    const matcher = new RegExp(`^${form.replaceAll('*', '.*').replaceAll('%', '[^/]*')}$`)
    for (const [name, { attributes }] of this.#host.mailboxes) {
      if (matcher.test(name)) this.#say(`* LIST (${attributes}) "/" "${name}"`)
    }
    return 'OK'
  }

  #select(name: string, isReadOnly: boolean): string {
    this.#selected = this.#host.mailboxes.get(name)
    if (this.#selected === undefined) return 'NO what is that?'
    this.#isReadOnly = isReadOnly
    const { letters, uidValidity } = this.#selected
    this.#say(`* ${letters.length} EXISTS`)
    this.#say(`* OK [UIDVALIDITY ${uidValidity}] valid`)
    return 'OK'
  }

  #rename(from: string, to: string): string {
    const mailbox = this.#host.mailboxes.get(from)
    if (mailbox === undefined) return 'NO [NONEXISTENT] none'
    if (from !== 'INBOX') this.#host.mailboxes.delete(from)
    this.#host.mailboxes.set(to, mailbox)
    return 'OK'
  }

  #append(name: string, { text, literal }: Command): string {
    const mailbox = this.#host.mailboxes.get(name)
    if (mailbox === undefined) return 'NO [TRYCREATE] none'
    mailbox.put(literal, /\((?<flags>[^)]*)\)/.exec(text)?.groups?.['flags']?.split(' '))
    return 'OK'
  }

  #runUid(action: string, { words, text }: Command): string {
    const mailbox = this.#selected
    if (mailbox === undefined) return 'BAD nothing is open'
    const isMeant = (uid: number): boolean => isIn(words[2] ?? '', uid)
    const meant = mailbox.letters.filter(({ uid }) => isMeant(uid))
    switch (action) {
      case 'SEARCH':
        return this.#search(mailbox, words)
      case 'FETCH':
        for (const letter of meant) this.#sayLetter(mailbox, letter, text)
        return 'OK'
      case 'STORE':
        for (const { flags } of meant) {
          for (const flag of /\((?<flags>.*)\)/.exec(text)?.groups?.['flags']?.split(' ') ?? []) {
            if (text.includes(' +FLAGS')) flags.add(flag)
            else flags.delete(flag)
          }
        }
        return 'OK'
      case 'EXPUNGE':
        return this.#expunge(isMeant)
      default:
        return this.#transfer(action, meant, words[3] ?? '')
    }
  }

  #search(mailbox: KeptMailbox, words: readonly string[]): string {
    const [key = 'ALL', value = ''] = words.slice(2)
    const found = mailbox.letters.filter(({ uid, flags }, place) => {
      if (key === 'UNSEEN') return !flags.has('\\Seen')
      if (key === 'UID') return isIn(value, uid)
      return key === 'ALL' || isIn(key.replace('*', `${mailbox.letters.length}`), place + 1)
    })
    this.#say(`* SEARCH ${found.map(({ uid }) => uid).join(' ')}`)
    return 'OK'
  }

  #sayLetter(mailbox: KeptMailbox, { uid, flags, octets }: KeptLetter, text: string): void {
    const items = [`UID ${uid}`]
    if (text.includes('FLAGS')) items.push(`FLAGS (${[...flags].join(' ')})`)
    if (text.includes('RFC822.SIZE')) items.push(`RFC822.SIZE ${octets.length}`)
    const header = octets.slice(0, octets.indexOf('\r\n\r\n') + 4)
    const asked = /BODY\.PEEK\[HEADER\](?:<0\.(?<count>\d+)>)?/.exec(text)
    if (asked !== null) {
      const count = asked.groups?.['count']
      const piece = header.slice(0, Number(count ?? header.length))
      items.push(`BODY[HEADER]${count === undefined ? '' : '<0>'} {${piece.length}}\r\n${piece}`)
    }
    if (text.includes('BODY.PEEK[]')) items.push(`BODY[] {${octets.length}}\r\n${octets}`)
    const place = mailbox.letters.findIndex((letter) => letter.uid === uid) + 1
    this.#say(`* ${place} FETCH (${items.join(' ')})`)
  }

  #expunge(isMeant: (uid: number) => boolean): string {
    for (const place of this.#selected?.expunge(isMeant) ?? []) this.#say(`* ${place} EXPUNGE`)
    return 'OK'
  }

  #transfer(action: string, meant: readonly KeptLetter[], name: string): string {
    const target = this.#host.mailboxes.get(name)
    if (target === undefined) return 'NO [TRYCREATE] none'
    for (const { octets, flags } of meant) target.put(octets, [...flags])
    if (action !== 'MOVE') return 'OK'
    for (const { flags } of meant) flags.add('\\Deleted')
    return this.#expunge((uid) => meant.some((letter) => letter.uid === uid))
  }
}

/** Words and quoted strings; quotes are taken off. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"(?<quoted>[^"]*)"|(?<word>\S+)/g)].map(
    ({ groups }) => groups?.['quoted'] ?? groups?.['word'] ?? '',
  )
}

function isIn(set: string, number: number): boolean {
  return set.split(',').some((range) => {
    const [first = '0', last = first] = range.split(':')
    return Number(first) <= number && (last === '*' || number <= Number(last))
  })
}
