/** Letters and headers of an open directory, in few round trips. */

import { concatOctets, copyOctets, NO_OCTETS } from '../base/octets.ts'
import { ImapCommandRejected } from '../imap/errors.ts'
import type { FetchedLetter } from '../imap/fetch-response.ts'
import type { FetchItems, LetterSection } from '../imap/fetch.ts'
import { SequenceSet, UidSet } from '../imap/number-set.ts'
import type { ImapMailbox } from '../net/imap-mailbox.ts'
import { Email } from './email.ts'
import { IllegalStateException } from './exception.ts'
import { ImapConnectionEmail, ImapConnectionEmailHeaders } from './imap-connection-email.ts'
import type { ImapLetterFacts } from './imap-connection-email.ts'
import { MailboxException, readOneOf } from './mailbox-exception.ts'
import { ReadEmailHeaders } from './read-email-headers.ts'

/** A letter above this is fetched by itself, as a stream; the engine keeps none above a mebibyte beside others. */
const LARGE_OCTETS = 524_288
/** What is fetched together, by what the server says the letters weigh. */
const GROUP_OCTETS = 4_194_304
const GROUP_LETTERS = 100

/** So much of a header section as is read of one that is larger than any should be. */
const HEADER_OCTETS = 65_536

/** A letter, and octets of it, or why the server does not give them. */
export interface LetterOctets {
  readonly letter: FetchedLetter
  readonly octets: Uint8Array | MailboxException
}

/** A letter that is there, and how large it is said to be. */
interface ListedLetter {
  readonly letter: FetchedLetter
  readonly uid: number
  readonly sizeOctets: number
}

/**
 * The UIDs of letters by their indexes.
 *
 * @throws IllegalStateException when letters were removed since they were counted.
 */
export async function uidsAt(
  mailbox: ImapMailbox,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (indexes.length === 0) return new Map()
  const wanted = [...new Set(indexes)].sort((a, b) => a - b)
  const sequenceNumbers = SequenceSet.of(wanted.map((index) => index + 1))
  const found = [...(await mailbox.search({ sequenceNumbers })).numbers()]
  if (found.length !== wanted.length) {
    throw new IllegalStateException('letters were removed meanwhile: count them again')
  }
  return new Map(wanted.map((index, at) => [index, found[at] ?? 0]))
}

/** Letters by UID, oldest first. Those that are gone are not among them. Reading them does not make them seen ones. */
export async function fetchEmails(
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
): Promise<ReadonlyMap<number, ImapConnectionEmail>> {
  const emails = new Map<number, ImapConnectionEmail>()
  for await (const { letter, octets } of fetchLetters(mailbox, letters, { flags: true })) {
    const facts = factsOf(letter)
    const email =
      octets instanceof MailboxException
        ? octets
        : readOneOf(facts.index, () => Email.fromBytes(octets))
    emails.set(facts.uid, new ImapConnectionEmail(facts, email))
  }
  return emails
}

/** Headers by UID, oldest first. */
export async function fetchHeaders(
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
): Promise<ReadonlyMap<number, ImapConnectionEmailHeaders>> {
  const found = new Map<number, ImapConnectionEmailHeaders>()
  for (const { letter, octets } of await fetchHeaderSections(mailbox, letters, { flags: true })) {
    const facts = factsOf(letter)
    const headers = octets instanceof MailboxException ? octets : new ReadEmailHeaders(octets)
    found.set(facts.uid, new ImapConnectionEmailHeaders(facts, headers))
  }
  return found
}

/** Whole letters one after the other, oldest first, with these items and their sizes. */
export async function* fetchLetters(
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
  items: FetchItems,
): AsyncGenerator<LetterOctets, void, undefined> {
  const listed: ListedLetter[] = []
  for await (const letter of mailbox.fetch(letters, { ...items, sizeOctets: true })) {
    const { uid = 0, sizeOctets = Infinity } = letter
    listed.push({ letter, uid, sizeOctets })
  }
  listed.sort((a, b) => a.letter.sequenceNumber - b.letter.sequenceNumber)
  for (const group of groupsOf(listed)) {
    const contents = await fetchContents(mailbox, group)
    for (const { letter, uid } of group) {
      const octets = contents.get(uid)
      if (octets !== undefined) yield { letter, octets }
    }
  }
}

/** Header sections, oldest first, with these items. */
export async function fetchHeaderSections(
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
  items: FetchItems,
): Promise<readonly LetterOctets[]> {
  const found: LetterOctets[] = []
  const { given, refusals } = await fetchGiven(mailbox, letters, { ...items, header: 'all' })
  for (const [uid, letter] of given) {
    const octets = letter.header ?? (await unlessRefused(letter, () => beginningOf(mailbox, uid)))
    found.push({ letter, octets: octets ?? NO_OCTETS })
  }
  if (!refusals.isEmpty) {
    const left = refusals.ofOthers === undefined ? UidSet.of(refusals.each.keys()) : letters
    for await (const letter of mailbox.fetch(left, items)) {
      const refusal = given.has(letter.uid ?? 0) ? undefined : refusals.of(letter)
      if (refusal !== undefined) found.push({ letter, octets: refusal })
    }
  }
  return found.sort((a, b) => a.letter.sequenceNumber - b.letter.sequenceNumber)
}

/** Why a server does not give letters. */
class Refusals {
  readonly each = new Map<number, ImapCommandRejected>()
  /** Why it gives none of those that it did not refuse by themselves. */
  ofOthers: ImapCommandRejected | undefined

  get isEmpty(): boolean {
    return this.each.size === 0 && this.ofOthers === undefined
  }

  /** Of a letter that was asked for and not given. */
  of({ uid = 0, sequenceNumber }: FetchedLetter): MailboxException | undefined {
    const error = this.each.get(uid) ?? this.ofOthers
    return error && refusalOf(sequenceNumber, error)
  }
}

function refusalOf(sequenceNumber: number, error: ImapCommandRejected): MailboxException {
  return new MailboxException(`reading letter ${sequenceNumber - 1}`, error)
}

/** Letters by UID, mostly in the order of the server, and why others are not among them. */
async function fetchGiven(
  mailbox: ImapMailbox,
  letters: UidSet | SequenceSet,
  items: FetchItems,
): Promise<{
  readonly given: ReadonlyMap<number, FetchedLetter>
  readonly refusals: Refusals
}> {
  const given = new Map<number, FetchedLetter>()
  const refusals = new Refusals()
  try {
    for await (const each of mailbox.fetchEach(letters, items)) {
      if (each.kind === 'letter') given.set(each.uid, each.letter)
      else refusals.each.set(each.uid, each.error)
    }
  } catch (error) {
    if (!(error instanceof ImapCommandRejected)) throw error
    refusals.ofOthers = error
  }
  return { given, refusals }
}

/** @returns why the server does not give it, if it does not. */
async function unlessRefused(
  { sequenceNumber }: FetchedLetter,
  fetch: () => Promise<Uint8Array | undefined>,
): Promise<Uint8Array | MailboxException | undefined> {
  try {
    return await fetch()
  } catch (error) {
    if (!(error instanceof ImapCommandRejected)) throw error
    // Somebody has removed it meanwhile (RFC 5530 §3).
    return error.responseCode === 'EXPUNGEISSUED' ? undefined : refusalOf(sequenceNumber, error)
  }
}

function factsOf({ sequenceNumber, uid = 0, flags = [] }: FetchedLetter): ImapLetterFacts {
  return { index: sequenceNumber - 1, uid, imapFlags: flags }
}

function* groupsOf(letters: readonly ListedLetter[]): Generator<readonly ListedLetter[]> {
  let group: ListedLetter[] = []
  let octets = 0
  for (const letter of letters) {
    const isFull = group.length === GROUP_LETTERS || octets + letter.sizeOctets > GROUP_OCTETS
    if (group.length > 0 && (isFull || letter.sizeOctets > LARGE_OCTETS)) {
      yield group
      group = []
      octets = 0
    }
    group.push(letter)
    octets += letter.sizeOctets
  }
  if (group.length > 0) yield group
}

async function fetchContents(
  mailbox: ImapMailbox,
  group: readonly ListedLetter[],
): Promise<ReadonlyMap<number, Uint8Array | MailboxException>> {
  const contents = new Map<number, Uint8Array | MailboxException>()
  const small = group.filter(({ sizeOctets }) => sizeOctets <= LARGE_OCTETS)
  const uids = UidSet.of(small.map(({ uid }) => uid))
  const { given, refusals } = await fetchGiven(mailbox, uids, { sections: [{}] })
  for (const [uid, { sections }] of given) {
    const octets = sections.find(({ section }) => section === '')?.octets
    if (octets !== undefined) contents.set(uid, octets)
  }
  for (const { letter, uid } of group) {
    if (contents.has(uid)) continue
    const refusal = given.has(uid) || !uids.has(uid) ? undefined : refusals.of(letter)
    // Those that are large, or that turned out to be larger than the server had said.
    const octets = refusal ?? (await unlessRefused(letter, () => fetchOctets(mailbox, uid, {})))
    if (octets !== undefined) contents.set(uid, octets)
  }
  return contents
}

/** The engine keeps no header section above a mebibyte. */
function beginningOf(mailbox: ImapMailbox, uid: number): Promise<Uint8Array | undefined> {
  const piece = { offset: 0, octetCount: HEADER_OCTETS }
  return fetchOctets(mailbox, uid, { of: 'HEADER', piece })
}

async function fetchOctets(
  mailbox: ImapMailbox,
  uid: number,
  section: LetterSection,
): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = []
  const outcome = await mailbox.fetchSection(uid, section, (octets) => {
    pieces.push(copyOctets(octets))
  })
  return outcome && concatOctets(pieces)
}
