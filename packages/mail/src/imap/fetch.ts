/** Fetching letters of the open mailbox, and pieces of them (RFC 9051 §6.4.5). */

import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog, OctetSink } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { CommandPart, formatCommand } from './command.ts'
import type { ImapCommand, SectionRequest } from './command.ts'
import { ImapCapabilityMissing } from './errors.ts'
import type { FetchedLetter, FetchedSection } from './fetch-response.ts'
import type { ChooseSink } from './framing.ts'
import { UidSet } from './number-set.ts'
import type { ImapSession } from './session.ts'

/** A piece of a letter's content. Fetching it does not make the letter a seen one. */
export interface LetterSection {
  /** The number of a part: `1.2`. By default the letter itself. */
  readonly part?: string
  /**
   * Of the letter, or of the letter that the part is: its header section, some of its fields, or what comes after it; of any part its `MIME` header. By
   * default the content itself: of the letter all of it.
   */
  readonly of?: 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME'
  /** Names of header fields, for `HEADER.FIELDS`. */
  readonly fields?: readonly string[]
  /** Not all of it, but so many octets from there. */
  readonly piece?: { readonly offset: number; readonly octetCount: number }
  /** Have the server undo the transfer encoding (BINARY, RFC 3516). */
  readonly isDecoded?: boolean
}

/** What to fetch of each letter. Its UID comes always. */
export interface FetchItems {
  readonly flags?: boolean
  readonly internalDate?: boolean
  readonly sizeOctets?: boolean
  readonly envelope?: boolean
  /** The structure of its parts. */
  readonly body?: boolean
  /** Where the server counts changes (CONDSTORE, RFC 7162). */
  readonly modSeq?: boolean
  /** Only letters that have changed in any way after the mailbox had counted so far (CONDSTORE, RFC 7162). */
  readonly changedSince?: bigint
  /** The header section: all of it, or these fields. */
  readonly header?: 'all' | readonly string[]
  /** Contents, which are kept in memory: each is bounded by `limits.maxLiteralOctets`. */
  readonly sections?: readonly LetterSection[]
}

/** What a letter is when nothing is known of it. */
type Known = Partial<FetchedLetter> & Pick<FetchedLetter, 'sections' | 'defects'>

/**
 * Fetches letters, in the order of the server. A letter that is gone is not among them.
 *
 * @throws LimitExceeded when they are more than `maxBatchOctets` together. The session is over then.
 * @throws ImapCapabilityMissing when the server is to decode parts, or to know of changes, and can't. Nothing was sent.
 */
export function* fetchLetters(
  session: ImapSession,
  uids: UidSet,
  items: FetchItems,
): Dialog<readonly FetchedLetter[]> {
  if (uids.isEmpty) return []
  const { channel } = session
  for (const section of items.sections ?? []) requireBinary(session, section)
  const command = formatFetch(session, uids, items)
  const letters = new Map<number, FetchedLetter>()
  let octets = 0
  yield* channel.execute(command, {
    onLetter: (letter, weightOctets) => {
      const { uid } = letter
      // Flags of a letter that somebody else has changed may come between, without a UID.
      if (uid === undefined || !uids.has(uid)) return false
      octets += weightOctets
      checkBatch(octets, channel.limits.maxBatchOctets)
      const known = letters.get(uid)
      letters.set(uid, known === undefined ? letter : merged(known, letter))
      return true
    },
  })
  return [...letters.values()]
}

function formatFetch({ capabilities }: ImapSession, uids: UidSet, items: FetchItems): ImapCommand {
  const canCount = capabilities.has('CONDSTORE') || capabilities.has('QRESYNC')
  const wanted = canCount ? items : { ...items, modSeq: false }
  const parts = [CommandPart.set(uids), itemsPart(wanted)]
  const { changedSince } = items
  if (changedSince !== undefined) {
    if (!canCount) throw new ImapCapabilityMissing('CONDSTORE', 'fetching what has changed')
    const since = [CommandPart.keywords('CHANGEDSINCE'), CommandPart.number(changedSince)]
    parts.push(CommandPart.list(since))
  }
  return formatCommand('UID FETCH', ...parts)
}

/** Revision 2 includes fetching by BINARY (RFC 9051 §1.4). */
function requireBinary({ capabilities }: ImapSession, { isDecoded }: LetterSection): void {
  if (isDecoded !== true || capabilities.has('BINARY') || capabilities.has('IMAP4rev2')) return
  throw new ImapCapabilityMissing('BINARY', 'having the server decode a part')
}

function itemsPart(items: FetchItems): CommandPart {
  const parts = [CommandPart.keywords('UID')]
  const add = (isWanted: boolean | undefined, name: string): void => {
    if (isWanted === true) parts.push(CommandPart.keywords(name))
  }
  add(items.flags, 'FLAGS')
  add(items.internalDate, 'INTERNALDATE')
  add(items.sizeOctets, 'RFC822.SIZE')
  add(items.envelope, 'ENVELOPE')
  add(items.body, 'BODYSTRUCTURE')
  add(items.modSeq, 'MODSEQ')
  const { header, sections = [] } = items
  if (header === 'all') parts.push(sectionPart({ of: 'HEADER' }))
  else if (header !== undefined) parts.push(sectionPart({ of: 'HEADER.FIELDS', fields: header }))
  for (const section of sections) parts.push(sectionPart(section))
  return CommandPart.list(parts)
}

function sectionPart({ isDecoded = false, ...section }: LetterSection): CommandPart {
  const request: SectionRequest = { ...section, item: isDecoded ? 'BINARY.PEEK' : 'BODY.PEEK' }
  const hasFields = section.of === 'HEADER.FIELDS' || section.of === 'HEADER.FIELDS.NOT'
  if (hasFields !== (section.fields !== undefined && section.fields.length > 0)) {
    throw new RangeError('names of header fields go with HEADER.FIELDS')
  }
  if (isDecoded && section.of !== undefined) {
    throw new RangeError('only the content of a part has a transfer encoding')
  }
  return CommandPart.section(request)
}

function checkBatch(value: number, limit: number): void {
  if (value <= limit) return
  const option = 'limits.maxBatchOctets'
  throw new LimitExceeded({ what: 'what was fetched at a time', limit, value, option })
}

/** A server that says more often than this what it knows of one letter does not mean it. */
const MAX_PIECES = 1_000

/** A server may say what it knows of a letter in several responses (RFC 9051 §7.5.2). What it says last holds. */
function merged(known: FetchedLetter, more: FetchedLetter): FetchedLetter {
  const said: Known = Object.fromEntries(
    Object.entries(more).filter(([, value]) => value !== undefined),
  ) as Known
  const sections: readonly FetchedSection[] = [...known.sections, ...more.sections]
  const defects = [...known.defects, ...more.defects]
  if (sections.length > MAX_PIECES || defects.length > MAX_PIECES) {
    throw new ProtocolViolation('the server sent one letter in too many pieces')
  }
  return { ...known, ...said, sections, defects }
}

/** What a sink got. */
export interface SectionOutcome {
  readonly octetCount: number
}

/**
 * Writes a piece of one letter's content to a sink as it comes: nothing of it is kept, whatever its size. The session is over when the sink fails.
 *
 * @returns `undefined` when there is no such letter or no such part.
 * @throws ImapCapabilityMissing when the server is to decode the part and can't. Nothing was sent.
 * @throws ProtocolViolation when the server gave the content of another letter. The sink has it by then.
 */
export function* fetchSection(
  session: ImapSession,
  { uid, section }: { readonly uid: number; readonly section: LetterSection },
  sink: OctetSink,
): Dialog<SectionOutcome | undefined> {
  const { channel } = session
  requireBinary(session, section)
  const uids = UidSet.of([uid])
  const items = CommandPart.list([CommandPart.keywords('UID'), sectionPart(section)])
  const receiver = new SectionReceiver(sink)
  let letter: FetchedLetter | undefined
  yield* channel.execute(formatCommand('UID FETCH', CommandPart.set(uids), items), {
    chooseSink: receiver.chooseSink,
    onLetter: (fetched) => {
      const hasContent = fetched.sections.length > 0
      if (hasContent && letter === undefined) letter = fetched
      return hasContent
    },
  })
  if (letter === undefined) return undefined
  if (letter.uid !== undefined && letter.uid !== uid) {
    throw new ProtocolViolation(
      `the content of letter ${uid} was asked for, and of ${letter.uid} given`,
    )
  }
  // What is short may come between quotes, and an empty part as an empty string.
  const octets = letter.sections[0]?.octets
  if (octets !== undefined && octets.length > 0 && !receiver.isUsed) {
    yield { kind: 'push', octets, sink, timeoutMs: channel.deadlines.contentMs }
    return { octetCount: octets.length }
  }
  return receiver.isUsed || octets !== undefined ? { octetCount: receiver.octetCount } : undefined
}

/** Sends the first literal of the content to the sink: what is announced behind the section of a FETCH response. */
class SectionReceiver {
  isUsed = false
  octetCount = 0
  readonly #sink: OctetSink

  constructor(sink: OctetSink) {
    this.#sink = sink
  }

  readonly chooseSink: ChooseSink = (textBefore) => {
    if (this.isUsed || !announcesContent(textBefore)) return undefined
    this.isUsed = true
    return (octets) => {
      this.octetCount += octets.length
      return this.#sink(octets)
    }
  }
}

const latin1 = new TextDecoder('latin1')
/** `* 12 FETCH (`: fewer characters than that. */
const FETCH_BEGINNING = 40
const CLOSING_BRACKET = 0x5d
const CLOSING_ANGLE = 0x3e
const SPACE = 0x20

function announcesContent(text: Uint8Array): boolean {
  const beginning = latin1.decode(text.subarray(0, FETCH_BEGINNING))
  const last = text[text.length - 2]
  const isBehindSection = last === CLOSING_BRACKET || last === CLOSING_ANGLE
  return /^\* \d+ FETCH \(/i.test(beginning) && isBehindSection && text.at(-1) === SPACE
}
