/** The grammar of commands (RFC 9051 §9), as a server reads them. */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import { textOf } from '../base/octets.ts'
import { parseDateTime } from './date-time.ts'
import type { FramedResponse } from './framing.ts'
import { DEFAULT_IMAP_LIMITS } from './limits.ts'
import { MailboxName } from './mailbox-name.ts'
import type { NameEncoding } from './mailbox-name.ts'
import { ResponseReader, Unreadable } from './response-reader.ts'
import type { MailboxCommand, Resumption, ServerCommand } from './server-command.ts'
import { readFetchItems } from './server-fetch-items.ts'
import { readList, readLsub, readNames } from './server-list-options.ts'
import { lettersOf, readSearchKeys } from './server-search-keys.ts'

/** What a client has sent, with its tag; `*` when it has none. */
export type ReadCommand =
  | { readonly kind: 'command'; readonly tag: string; readonly command: ServerCommand }
  | { readonly kind: 'malformed'; readonly tag: string; readonly problem: string }

/** `tag` (RFC 9051 §9): a word without what could be mistaken for the beginning of something else. */
const TAG = /^[!#$&',\-.0-9:;<=>?@A-Z[^_`a-z|}~]+$/

/** Reads a command. One that the grammar does not have says so, and spoils nothing. */
export function readServerCommand(command: FramedResponse, encoding: NameEncoding): ReadCommand {
  const reader = new ResponseReader(command, DEFAULT_IMAP_LIMITS)
  let tag = '*'
  try {
    const word = reader.atom()
    if (!TAG.test(word)) throw new Unreadable('a command begins with a tag')
    tag = word
    reader.expectSpace()
    const read = new CommandReader(reader, encoding).read()
    if (!reader.isAtEnd) throw new Unreadable('there is something behind the command')
    return { kind: 'command', tag, command: read }
  } catch (error) {
    if (!(error instanceof Unreadable) && !(error instanceof LimitExceeded)) throw error
    return { kind: 'malformed', tag, problem: error.message }
  }
}

/** The tag of a command of which this is the beginning. */
export function tagOf(text: Uint8Array): string {
  const [word = ''] = textOf(text).split(' ', 1)
  return TAG.test(word) ? word : '*'
}

class CommandReader {
  readonly #reader: ResponseReader
  readonly #encoding: NameEncoding

  constructor(reader: ResponseReader, encoding: NameEncoding) {
    this.#reader = reader
    this.#encoding = encoding
  }

  read(): ServerCommand {
    const name = this.#reader.keyword()
    if (name !== 'UID') return this.#readCommon(name) ?? this.#readOfLetters(name, 'sequence')
    this.#reader.expectSpace()
    return this.#readOfLetters(this.#reader.keyword(), 'uid')
  }

  #readCommon(name: string): ServerCommand | undefined {
    switch (name) {
      case 'CAPABILITY':
      case 'IDLE':
      case 'LOGOUT':
      case 'STARTTLS':
      case 'CHECK':
      case 'CLOSE':
      case 'NAMESPACE':
      case 'NOOP':
      case 'UNSELECT':
        return { name }
      case 'ID':
        this.#skipArgument()
        return { name }
      case 'EXPUNGE':
        return { name, letters: undefined }
      case 'LOGIN':
        return { name, user: this.#string(), password: this.#string() }
      case 'AUTHENTICATE':
        return { name, mechanism: this.#word().toUpperCase(), initialResponse: this.#lastWord() }
      case 'COMPRESS':
        return { name, algorithm: this.#word().toUpperCase() }
      case 'ENABLE':
        return { name, extensions: this.#lastWords() }
      default:
        return this.#readOfMailbox(name)
    }
  }

  #readOfMailbox(name: string): MailboxCommand | undefined {
    switch (name) {
      case 'CREATE':
      case 'DELETE':
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
      case 'GETQUOTAROOT':
        return { name, mailbox: this.#mailbox() }
      case 'GETQUOTA':
        return { name, root: this.#string() }
      case 'RENAME':
        return { name, from: this.#mailbox(), to: this.#mailbox() }
      case 'SELECT':
      case 'EXAMINE':
        return { name, mailbox: this.#mailbox(), ...this.#selectParameters() }
      case 'LIST':
        return readList(this.#reader, this.#encoding)
      case 'LSUB':
        return readLsub(this.#reader, this.#encoding)
      case 'STATUS':
        return { name, mailbox: this.#mailbox(), items: this.#statusItems() }
      case 'APPEND':
        return this.#append()
      default:
        return undefined
    }
  }

  #readOfLetters(name: string, kind: 'uid' | 'sequence'): MailboxCommand {
    const isByUid = kind === 'uid'
    switch (name) {
      case 'SEARCH':
        return this.#search(isByUid ? 'uid' : 'sequence')
      case 'EXPUNGE':
        return { name, letters: lettersOf(this.#word(), kind) }
      case 'FETCH': {
        const letters = lettersOf(this.#word(), kind)
        this.#reader.expectSpace()
        const items = readFetchItems(this.#reader)
        return { name, isByUid, letters, items, ...this.#fetchModifiers() }
      }
      case 'STORE':
        return { name, isByUid, letters: lettersOf(this.#word(), kind), ...this.#storeArguments() }
      case 'COPY':
      case 'MOVE':
        return { name, isByUid, letters: lettersOf(this.#word(), kind), mailbox: this.#mailbox() }
      default:
        throw new Unreadable(`there is no command ${name}`)
    }
  }

  #search(kind: 'uid' | 'sequence'): MailboxCommand {
    this.#reader.expectSpace()
    let returned: Set<string> | undefined
    if (this.#skipWord('RETURN')) {
      this.#reader.expectSpace()
      returned = new Set(this.#reader.list(() => this.#reader.keyword()))
      // RFC 4731 §3.1: nothing means all.
      if (returned.size === 0) returned.add('ALL')
      this.#reader.expectSpace()
    }
    if (this.#skipWord('CHARSET')) {
      const charset = this.#word().toUpperCase()
      if (charset !== 'UTF-8' && charset !== 'US-ASCII') throw new Unreadable('unknown charset')
      this.#reader.expectSpace()
    }
    return {
      name: 'SEARCH',
      isByUid: kind === 'uid',
      returned,
      key: readSearchKeys(this.#reader),
    }
  }

  #selectParameters(): {
    readonly countsChanges: boolean
    readonly resumption: Resumption | undefined
  } {
    if (!this.#beginsList()) return { countsChanges: false, resumption: undefined }
    let resumption: Resumption | undefined
    this.#reader.list(() => {
      const name = this.#reader.keyword()
      if (name === 'QRESYNC') resumption = this.#resumption()
      else if (name !== 'CONDSTORE') throw new Unreadable(`there is no parameter ${name}`)
    })
    return { countsChanges: true, resumption }
  }

  /** What the client knows of single letters may be left out, and makes no difference here (RFC 7162 §3.2.5). */
  #resumption(): Resumption {
    this.#reader.expectSpace()
    this.#reader.expect('(')
    const uidValidity = this.#reader.number()
    this.#reader.expectSpace()
    const modSeq = this.#reader.number()
    while (this.#reader.skip(' ')) this.#reader.skipValue()
    this.#reader.expect(')')
    return { uidValidity, modSeq }
  }

  #fetchModifiers(): {
    readonly changedSince: number | undefined
    readonly tellsVanished: boolean
  } {
    let changedSince: number | undefined
    let tellsVanished = false
    if (this.#beginsList()) {
      this.#reader.list(() => {
        const name = this.#reader.keyword()
        if (name === 'VANISHED') tellsVanished = true
        else if (name === 'CHANGEDSINCE') changedSince = this.#number()
        else throw new Unreadable(`there is no modifier ${name}`)
      })
    }
    return { changedSince, tellsVanished }
  }

  #storeArguments(): Omit<
    Extract<MailboxCommand, { name: 'STORE' }>,
    'name' | 'isByUid' | 'letters'
  > {
    let unchangedSince: number | undefined
    if (this.#beginsList()) {
      this.#reader.list(() => {
        if (this.#reader.keyword() !== 'UNCHANGEDSINCE') throw new Unreadable('unknown modifier')
        unchangedSince = this.#number()
      })
    }
    const groups = /^(?<sign>[+-]?)FLAGS(?<silent>\.SILENT)?$/i.exec(this.#word())?.groups
    if (groups === undefined) throw new Unreadable('STORE changes flags')
    const { sign, silent } = groups
    const change = sign === '+' ? 'add' : sign === '-' ? 'remove' : 'set'
    this.#reader.expectSpace()
    return { change, isSilent: silent !== undefined, flags: this.#flags(), unchangedSince }
  }

  /** In parentheses, or as words alone. */
  #flags(): readonly string[] {
    if (this.#reader.isAt('(')) return this.#reader.list(() => this.#flag())
    const flags = [this.#flag()]
    while (this.#reader.skip(' ')) flags.push(this.#flag())
    return flags
  }

  #flag(): string {
    const flag = this.#reader.atom()
    if (!/^\\?[!#$&'+-[^-z|}~]+$/.test(flag)) throw new Unreadable(`${flag} is no flag`)
    return flag
  }

  #append(): MailboxCommand {
    const mailbox = this.#mailbox()
    const flags = this.#beginsList() ? this.#reader.list(() => this.#flag()) : []
    this.#reader.skipSpaces()
    let internalDate: Date | undefined
    if (this.#reader.isAt('"')) {
      internalDate = parseDateTime(this.#reader.string())
      if (internalDate === undefined) throw new Unreadable('the date of the letter is none')
      this.#reader.expectSpace()
    }
    // RFC 6855 §4 puts the literal in parentheses.
    const isWrapped = !isLiteralNext(this.#reader)
    if (isWrapped && (this.#reader.keyword() !== 'UTF8' || !this.#reader.skip(' '))) {
      throw new Unreadable('the letter is missing')
    }
    if (isWrapped) this.#reader.expect('(')
    const octets = this.#reader.literal()?.octets
    if (octets === undefined) throw new Unreadable('the letter is missing')
    if (isWrapped) this.#reader.expect(')')
    return { name: 'APPEND', mailbox, flags, internalDate, octets }
  }

  #statusItems(): readonly string[] {
    this.#reader.expectSpace()
    return readNames(this.#reader)
  }

  #mailbox(): string {
    this.#reader.expectSpace()
    const name = MailboxName.read(this.#reader.astring(), this.#encoding)
    return name.text
  }

  #string(): string {
    this.#reader.expectSpace()
    return textOf(this.#reader.astring())
  }

  #word(): string {
    this.#reader.expectSpace()
    return this.#reader.atom()
  }

  #number(): number {
    this.#reader.expectSpace()
    return this.#reader.number()
  }

  #lastWord(): string | undefined {
    return this.#reader.isAtEnd ? undefined : this.#word()
  }

  #lastWords(): readonly string[] {
    const words = [this.#word()]
    while (!this.#reader.isAtEnd) words.push(this.#word())
    return words
  }

  #skipArgument(): void {
    this.#reader.expectSpace()
    this.#reader.skipValue()
  }

  /** Goes past the word if it is next. */
  #skipWord(word: string): boolean {
    const mark = this.#reader.mark()
    if (!this.#reader.isAt('(') && this.#reader.keyword() === word) return true
    this.#reader.goTo(mark)
    return false
  }

  /** Goes to a list that may come next. */
  #beginsList(): boolean {
    const mark = this.#reader.mark()
    this.#reader.skipSpaces()
    if (this.#reader.isAt('(')) return true
    this.#reader.goTo(mark)
    return false
  }
}

function isLiteralNext(reader: ResponseReader): boolean {
  const mark = reader.mark()
  const isLiteral = reader.literal() !== undefined
  reader.goTo(mark)
  return isLiteral
}
