import {
  ImapCapabilityMissing,
  ImapCommandRejected,
  LimitExceeded,
  type MailError,
} from '@obmen/mail/errors'
import {
  type ConnectionOptions,
  type FetchedLetter,
  type ImapConnection,
  type ImapMailbox,
  type MailServer,
  openImap,
  UidSet,
} from '@obmen/mail/imap'

import type { LetterBox, LetterBoxLook, LetterHead } from './letter-box.ts'
import { HINT_FIELD } from './letter-hint.ts'
import { otherUids, readSettled, writeSettled } from './settled-uids.ts'
import { findPart, type StructuredPart } from './structured-part.ts'

/** Of the fields that are asked for: a subject of ours has some hundred octets. */
const MAX_HEAD_OCTETS = 16_384
/** Octets of a letter in which the head of its first attachment stands: header sections seldom have more than some ten thousand. */
const BEGINNING_OCTETS = 262_144
/** So many letters at a time are fetched by the numbers that are known, without being searched for once more. */
const MAX_HEADS = 5_000

const HEAD_ITEMS = { flags: true, header: ['Subject', HINT_FIELD] } as const

/** Opens a mailbox by IMAP, by default the one that new letters come to. What is remembered of it begins with the prefix. */
export async function openImapLetterBox(
  server: MailServer & { readonly mailbox?: string | undefined },
  prefix: string,
  options: ConnectionOptions,
): Promise<LetterBox> {
  const imap = await openImap(server, { ...options, limits: { maxLiteralOctets: MAX_HEAD_OCTETS } })
  try {
    const mailbox = await imap.select(server.mailbox ?? 'INBOX')
    return new ImapLetterBox(imap, mailbox, `${prefix}${locate(server, mailbox)}`)
  } catch (error) {
    await imap.close()
    throw error
  }
}

/** What makes UIDs mean letters, as a URL (RFC 5092). */
function locate({ host, port, credentials }: MailServer, mailbox: ImapMailbox): string {
  const user = credentials !== undefined && 'user' in credentials ? credentials.user : ''
  const name = encodeURIComponent(mailbox.name.text)
  const validity = `UIDVALIDITY=${mailbox.uidValidity ?? ''}`
  return `imap://${encodeURIComponent(user)}@${host}:${port}/${name};${validity}/;UID=`
}

/** Letters are known again by their UIDs. */
class ImapLetterBox implements LetterBox {
  readonly #imap: ImapConnection
  readonly #mailbox: ImapMailbox
  /** What lines of the memory begin with. */
  readonly #location: string
  readonly #removed = new Set<number>()
  #settled: UidSet = UidSet.of([])
  #unknown: readonly number[] = []

  constructor(imap: ImapConnection, mailbox: ImapMailbox, location: string) {
    this.#imap = imap
    this.#mailbox = mailbox
    this.#location = location
  }

  async look(known: ReadonlySet<string>): Promise<LetterBoxLook> {
    if (this.#mailbox.uidValidity !== undefined) {
      this.#settled = readSettled(known, this.#location)
    }
    const found: number[] = []
    if (this.#mailbox.exists > 0) {
      for (const uids of otherUids(this.#settled).forCommands()) {
        const some = await this.#mailbox.search({ uids })
        for (const uid of some.numbers()) if (uids.has(uid)) found.push(uid)
      }
    }
    this.#unknown = found
    return { letterCount: Math.max(this.#mailbox.exists, found.length), unknown: found }
  }

  async *heads(numbers: readonly number[]): AsyncGenerator<LetterHead, void, undefined> {
    for (let at = 0; at < numbers.length; at += MAX_HEADS) {
      const uids = UidSet.of(numbers.slice(at, at + MAX_HEADS))
      for await (const each of this.#mailbox.fetchEach(uids, HEAD_ITEMS)) {
        const { uid: number } = each
        if (each.kind === 'refused') yield { kind: 'failed', number, error: each.error }
        // A letter of which the server has only said that its flags are others, was not shown.
        else if (isShown(each.letter)) yield headOf(number, each.letter)
      }
    }
  }

  /** A UID below the highest is settled, unless its letter was found and is not a foreign one. */
  memoryOf(foreign: ReadonlySet<number>): ReadonlySet<string> | undefined {
    if (this.#mailbox.uidValidity === undefined) return undefined
    const unsettled = UidSet.of(this.#unknown.filter((uid) => !foreign.has(uid)))
    const highest = Math.max(lastOf(this.#settled), lastOf(UidSet.of(this.#unknown)))
    return writeSettled(otherUids(unsettled, highest), this.#location)
  }

  async beginning(letter: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    const piece = { offset: 0, octetCount: BEGINNING_OCTETS }
    await this.#mailbox.fetchSection(letter, { piece }, (octets) => {
      pieces.push(octets)
    })
    return Buffer.concat(pieces)
  }

  async retrieve(
    letter: number,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<boolean> {
    try {
      return (await this.#mailbox.fetchSection(letter, {}, sink)) !== undefined
    } catch (error) {
      if (!(error instanceof ImapCommandRejected) || error.transient) throw error
      return false
    }
  }

  async passAttachment(
    letter: number,
    isWanted: (fileName: string) => boolean,
    sink: (octets: Uint8Array) => void | Promise<void>,
  ): Promise<boolean> {
    const part = await this.#findPart(letter, isWanted)
    if (part === undefined) return false
    const { section, decoder } = part
    let isBegun = false
    try {
      const outcome = await this.#mailbox.fetchSection(letter, { part: section }, (octets) => {
        isBegun = true
        const content = decoder.push(octets)
        return content.length === 0 ? undefined : sink(content)
      })
      if (outcome === undefined) return false
    } catch (error) {
      if (isBegun || !(error instanceof ImapCommandRejected)) throw error
      return false
    }
    const rest = decoder.end()
    if (rest.length > 0) await sink(rest)
    return true
  }

  /** A server that can't tell the structure of a letter may still have the letter. */
  async #findPart(
    letter: number,
    isWanted: (fileName: string) => boolean,
  ): Promise<StructuredPart | undefined> {
    try {
      for await (const { body } of this.#mailbox.fetch(UidSet.of([letter]), { body: true })) {
        return body && findPart(body, isWanted)
      }
    } catch (error) {
      if (!(error instanceof ImapCommandRejected)) throw error
    }
    return undefined
  }

  remove(letter: number): Promise<void> {
    this.#removed.add(letter)
    return Promise.resolve()
  }

  isOfOneLetter(error: unknown): error is MailError {
    return error instanceof ImapCommandRejected
  }

  keepAlive(): Promise<void> {
    return this.#imap.noop()
  }

  async close(): Promise<void> {
    try {
      if (this.#removed.size > 0) await this.#purge()
    } finally {
      await this.#imap.close()
    }
  }

  /** Without UIDPLUS the server removes all letters that are marked as deleted, so it may be asked to only when all of them are ours. */
  async #purge(): Promise<void> {
    const mailbox = this.#mailbox
    const uids = UidSet.of(this.#removed)
    await mailbox.store(uids, 'add', ['\\Deleted'])
    const { capabilities } = this.#imap
    if (capabilities.has('UIDPLUS') || capabilities.has('IMAP4rev2')) return mailbox.expunge(uids)
    const marked = await mailbox.search({ deleted: true })
    if (![...marked.numbers()].every((uid) => this.#removed.has(uid))) {
      const attempt = 'clearing away received letters beside others that are marked as deleted'
      throw new ImapCapabilityMissing('UIDPLUS', attempt)
    }
    return mailbox.expunge()
  }
}

function isShown({ sections, defects }: FetchedLetter): boolean {
  return sections.length > 0 || defects.length > 0
}

function headOf(number: number, { header, flags, defects }: FetchedLetter): LetterHead {
  if (header === undefined && defects.length > 0) {
    const error = new LimitExceeded({
      what: 'the subject of a letter',
      limit: MAX_HEAD_OCTETS,
      value: MAX_HEAD_OCTETS + 1,
      option: 'limits.maxLiteralOctets',
    })
    return { kind: 'failed', number, error }
  }
  const isDeleted = flags?.some((flag) => flag.toLowerCase() === '\\deleted') ?? false
  return { kind: 'header', number, octets: header ?? new Uint8Array(), isDeleted }
}

/** Of a set that is closed at its end; 0 of an empty one. */
function lastOf({ ranges }: UidSet): number {
  const last = ranges.at(-1)?.last
  return typeof last === 'number' ? last : 0
}
