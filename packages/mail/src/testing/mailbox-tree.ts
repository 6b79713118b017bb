import type { LetterFolder } from './letter-folder.ts'
import { Mailbox, type MailboxOptions, type Quota } from './mailbox.ts'

/** What stands between the names of a mailbox and of one inside it. */
export const DELIMITER = '/'

/** What every account has beside the inbox, and what it is for (RFC 6154 §2). */
const SPECIAL_USES: ReadonlyMap<string, string> = new Map([
  ['Drafts', '\\Drafts'],
  ['Junk', '\\Junk'],
  ['Sent', '\\Sent'],
  ['Trash', '\\Trash'],
])

/** Why a mailbox can't be made, renamed or deleted: the response code of RFC 9051 §7.1. */
export type TreeRefusal = 'ALREADYEXISTS' | 'NONEXISTENT' | 'HASCHILDREN' | 'CANNOT'

export interface MailboxTreeOptions extends Omit<MailboxOptions, 'uidValidity' | 'quota'> {
  readonly quota: Quota
  readonly now: () => Date
}

interface Place {
  readonly mailbox: Mailbox
  readonly folder: LetterFolder | undefined
}

/** The mailboxes of one account: the inbox, which SMTP delivers into and POP3 opens, and those that IMAP has beside it. */
export class MailboxTree {
  readonly #options: MailboxTreeOptions
  readonly #places = new Map<string, Place>()
  readonly #subscribed = new Set<string>()
  #lastUidValidity = 1

  constructor(options: MailboxTreeOptions) {
    this.#options = options
    this.#places.set('INBOX', { mailbox: new Mailbox(options), folder: options.folder })
    const names = new Set([...SPECIAL_USES.keys(), ...(options.folder?.names() ?? [])])
    for (const name of names) this.#open(name)
  }

  get inbox(): Mailbox {
    return this.get('INBOX')
  }

  /** All names, in alphabetical order; the inbox comes first. */
  names(): readonly string[] {
    const others = [...this.#places.keys()].filter((name) => name !== 'INBOX')
    return ['INBOX', ...others.toSorted()]
  }

  /** Those that the client has subscribed to, also when they are no more (RFC 9051 §6.3.9). They are forgotten at the end of the process. */
  subscribed(): readonly string[] {
    return [...this.#subscribed].toSorted()
  }

  find(name: string): Mailbox | undefined {
    return this.#places.get(keyOf(name))?.mailbox
  }

  /** @throws RangeError when there is no mailbox of this name. */
  get(name: string): Mailbox {
    const mailbox = this.find(name)
    if (mailbox === undefined) throw new RangeError(`no mailbox has the name ${name}`)
    return mailbox
  }

  /** What the mailbox is for, as an attribute of RFC 6154. */
  specialUse(name: string): string | undefined {
    return SPECIAL_USES.get(name)
  }

  hasChildren(name: string): boolean {
    return this.names().some((other) => other.startsWith(`${name}${DELIMITER}`))
  }

  /** Makes a mailbox, and those that it lies in. A delimiter at the end says only that others will lie in it (RFC 9051 §6.3.4). */
  create(wanted: string): TreeRefusal | undefined {
    const name = wanted.endsWith(DELIMITER) ? wanted.slice(0, -DELIMITER.length) : wanted
    const parts = name.split(DELIMITER)
    if (parts.includes('')) return 'CANNOT'
    if (this.find(name) !== undefined) return 'ALREADYEXISTS'
    for (let length = 1; length <= parts.length; length++) {
      const ancestor = parts.slice(0, length).join(DELIMITER)
      if (this.find(ancestor) === undefined) this.#open(ancestor).folder?.make()
    }
    return undefined
  }

  delete(name: string): TreeRefusal | undefined {
    const key = keyOf(name)
    if (key === 'INBOX') return 'CANNOT'
    const place = this.#places.get(key)
    if (place === undefined) return 'NONEXISTENT'
    if (this.hasChildren(key)) return 'HASCHILDREN'
    for (const uid of place.mailbox.uids()) place.mailbox.remove(uid)
    this.#places.delete(key)
    place.folder?.delete()
    return undefined
  }

  /** Renames a mailbox and those in it. Renaming the inbox would move its letters (RFC 9051 §6.3.6), which nobody does by mistake here. */
  rename(from: string, to: string): TreeRefusal | undefined {
    if (keyOf(from) === 'INBOX' || to.split(DELIMITER).includes('')) return 'CANNOT'
    if (this.find(from) === undefined) return 'NONEXISTENT'
    if (this.find(to) !== undefined) return 'ALREADYEXISTS'
    const inside = `${from}${DELIMITER}`
    if (to.startsWith(inside)) return 'CANNOT'
    for (const name of this.names()) {
      if (name === from || name.startsWith(inside)) this.#move(name, to + name.slice(from.length))
    }
    return undefined
  }

  subscribe(name: string): void {
    this.#subscribed.add(keyOf(name))
  }

  unsubscribe(name: string): void {
    this.#subscribed.delete(keyOf(name))
  }

  #move(from: string, to: string): void {
    const place = this.#places.get(from)
    if (place === undefined) return
    this.#places.delete(from)
    this.#places.set(to, place)
    place.folder?.rename(to)
  }

  #open(name: string): Place {
    const { folder: outer, ...options } = this.#options
    const folder = outer?.inner(name)
    const mailbox = new Mailbox({
      ...options,
      uidValidity: this.#newUidValidity(),
      ...(folder === undefined ? {} : { folder }),
    })
    const place = { mailbox, folder }
    this.#places.set(name, place)
    return place
  }

  /** Greater than those before, also of a mailbox of the same name that is no more (RFC 9051 §2.3.1.1). */
  #newUidValidity(): number {
    const seconds = Math.floor(this.#options.now().getTime() / 1000)
    this.#lastUidValidity = Math.max(this.#lastUidValidity + 1, seconds)
    return this.#lastUidValidity
  }
}

/** RFC 9051 §5.1: of the inbox alone, case does not matter. */
function keyOf(name: string): string {
  return name.toUpperCase() === 'INBOX' ? 'INBOX' : name
}
