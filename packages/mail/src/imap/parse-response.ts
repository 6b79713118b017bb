import { textOf } from '../base/octets.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { readFetch, readLetterNumber } from './fetch-response.ts'
import type { FramedResponse } from './framing.ts'
import type { ImapLimits } from './limits.ts'
import type { NameEncoding } from './mailbox-name.ts'
import { MailboxName } from './mailbox-name.ts'
import { isLetterNumber, UidSet } from './number-set.ts'
import { readResponseCode } from './response-code.ts'
import type { ResponseCode } from './response-code.ts'
import { ResponseReader, Unreadable } from './response-reader.ts'
import type {
  ImapResponse,
  ImapStatus,
  ListedMailbox,
  MailboxStatus,
  Namespace,
  QuotaResource,
  SearchResponse,
  StatusResponse,
} from './response.ts'

export interface ParseContext {
  readonly limits: ImapLimits
  readonly nameEncoding: NameEncoding
}

/**
 * Understands one response (RFC 9051 §7). One that is not known gives `other`.
 *
 * @throws ProtocolViolation when a response that is known is not formed like itself. Letters are the exception: what is odd in a FETCH is
 *   said in the letter.
 * @throws LimitExceeded when it has more words than `maxTokens`.
 */
export function parseResponse(framed: FramedResponse, context: ParseContext): ImapResponse {
  const reader = new ResponseReader(framed, context.limits)
  try {
    return readResponse(reader, context)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new ProtocolViolation(
      `reading an IMAP response failed: ${error.message}`,
      framed.texts[0],
    )
  }
}

function readResponse(reader: ResponseReader, context: ParseContext): ImapResponse {
  if (reader.skip('+')) {
    // Some servers leave out the space when there is nothing after it.
    reader.skip(' ')
    return { kind: 'continuation', text: reader.words() }
  }
  const tag = reader.atom()
  reader.expectSpace()
  if (tag !== '*') return readStatus(reader, requireStatus(reader.keyword()), tag)
  if (reader.isAtNumber) return readNumbered(reader)
  const word = reader.keyword()
  const status = asStatus(word)
  return status === undefined ? readData(reader, word, context) : readStatus(reader, status)
}

const STATUSES: ReadonlySet<string> = new Set<ImapStatus>(['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'])

function asStatus(word: string): ImapStatus | undefined {
  return isStatus(word) ? word : undefined
}

function isStatus(word: string): word is ImapStatus {
  return STATUSES.has(word)
}

/** What ends a command (RFC 9051 §7.1): nothing else has a tag. */
function requireStatus(word: string): ImapStatus {
  if (word === 'OK' || word === 'NO' || word === 'BAD') return word
  throw new Unreadable('neither OK, NO nor BAD behind a tag')
}

function readStatus(reader: ResponseReader, status: ImapStatus, tag?: string): StatusResponse {
  reader.skipSpaces()
  const code = reader.isAt('[') ? tryResponseCode(reader) : undefined
  reader.skipSpaces()
  return { kind: 'status', tag, status, code, text: reader.words() }
}

/** Words for people may begin with a bracket that nobody closes. */
function tryResponseCode(reader: ResponseReader): ResponseCode | undefined {
  const before = reader.mark()
  try {
    reader.expect('[')
    return readResponseCode(reader)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    reader.goTo(before)
    return undefined
  }
}

const NUMBERED: ReadonlySet<string> = new Set(['EXISTS', 'EXPUNGE', 'FETCH'])

function readNumbered(reader: ResponseReader): ImapResponse {
  const number = reader.number()
  // Something that is not known here, and begins with a digit.
  if (!reader.isAt(' ')) return { kind: 'other', name: reader.keyword() }
  reader.skipSpaces()
  const name = reader.keyword()
  const isCount = name === 'EXISTS' && number === 0
  if (NUMBERED.has(name) && !isCount && !isLetterNumber(number)) {
    throw new Unreadable(`${number} is the number of no letter`)
  }
  switch (name) {
    case 'EXISTS':
      return { kind: 'exists', count: number }
    case 'RECENT':
      return { kind: 'recent', count: number }
    case 'EXPUNGE':
      return { kind: 'expunge', sequenceNumber: number }
    case 'FETCH':
      reader.skipSpaces()
      return { kind: 'fetch', letter: readFetch(reader, number), weightOctets: reader.weightOctets }
    default:
      return { kind: 'other', name }
  }
}

function readData(reader: ResponseReader, name: string, context: ParseContext): ImapResponse {
  reader.skipSpaces()
  switch (name) {
    case 'CAPABILITY':
      return { kind: 'capability', names: readWords(reader) }
    case 'ENABLED':
      return { kind: 'enabled', names: readWords(reader) }
    case 'FLAGS':
      return { kind: 'flags', flags: reader.list(() => reader.atom()) }
    case 'LIST':
      return { kind: 'list', mailbox: readListed(reader, context) }
    case 'LSUB':
      return { kind: 'lsub', mailbox: readListed(reader, context) }
    case 'STATUS':
      return readMailboxStatus(reader, context)
    case 'SEARCH':
      return readSearch(reader)
    case 'ESEARCH':
      return readExtendedSearch(reader)
    case 'VANISHED':
      return readVanished(reader)
    case 'NAMESPACE':
      return readNamespaces(reader)
    case 'ID':
      return { kind: 'id', fields: readFields(reader) }
    case 'QUOTA':
      return readQuota(reader)
    case 'QUOTAROOT':
      return readQuotaRoot(reader, context)
    default:
      return { kind: 'other', name }
  }
}

function readWords(reader: ResponseReader): readonly string[] {
  return reader
    .words()
    .split(' ')
    .filter((word) => word !== '')
}

function readListed(reader: ResponseReader, { nameEncoding }: ParseContext): ListedMailbox {
  const attributes = reader.list(() => reader.atom())
  reader.expectSpace()
  const delimiter = reader.nstring()
  reader.expectSpace()
  const name = MailboxName.read(reader.astring(), nameEncoding)
  return { name, delimiter: delimiter && textOf(delimiter), attributes }
}

type MutableStatus = { -readonly [Name in keyof MailboxStatus]: MailboxStatus[Name] }

function readMailboxStatus(reader: ResponseReader, { nameEncoding }: ParseContext): ImapResponse {
  const name = MailboxName.read(reader.astring(), nameEncoding)
  reader.expectSpace()
  const status: MutableStatus = {}
  reader.list(() => readStatusItem(reader, status))
  return { kind: 'mailbox-status', name, status }
}

const STATUS_ITEMS: Readonly<Record<string, Exclude<keyof MailboxStatus, 'highestModSeq'>>> = {
  MESSAGES: 'messages',
  RECENT: 'recent',
  UNSEEN: 'unseen',
  DELETED: 'deleted',
  UIDNEXT: 'uidNext',
  UIDVALIDITY: 'uidValidity',
  SIZE: 'sizeOctets',
  APPENDLIMIT: 'appendLimit',
}

function readStatusItem(reader: ResponseReader, status: MutableStatus): void {
  const item = reader.keyword()
  reader.expectSpace()
  const name = STATUS_ITEMS[item]
  // APPENDLIMIT may be NIL, and of what is not known here nothing is expected.
  if (!reader.isAtNumber) reader.skipValue()
  else if (item === 'HIGHESTMODSEQ') status.highestModSeq = reader.bigNumber()
  else if (name === undefined) reader.skipValue()
  else status[name] = reader.number()
}

const NOTHING_FOUND: SearchResponse = {
  kind: 'search',
  isExtended: false,
  tag: undefined,
  areUids: undefined,
  all: undefined,
  count: undefined,
  min: undefined,
  max: undefined,
  modSeq: undefined,
}

/** `* SEARCH 2 3 6 (MODSEQ 917162500)`; nothing behind the name when nothing was found. */
function readSearch(reader: ResponseReader): SearchResponse {
  const numbers: number[] = []
  let modSeq: bigint | undefined
  for (; !reader.isAtEnd; reader.skipSpaces()) {
    if (!reader.skip('(')) {
      numbers.push(readLetterNumber(reader))
      continue
    }
    reader.keyword()
    reader.expectSpace()
    modSeq = reader.bigNumber()
    reader.expect(')')
  }
  return { ...NOTHING_FOUND, all: numbers, modSeq }
}

/** `* ESEARCH (TAG "A7") UID COUNT 2 ALL 4,7` (RFC 9051 §7.3.4). */
function readExtendedSearch(reader: ResponseReader): SearchResponse {
  const found: { -readonly [Name in keyof SearchResponse]: SearchResponse[Name] } = {
    ...NOTHING_FOUND,
    isExtended: true,
    areUids: false,
  }
  if (reader.skip('(')) {
    reader.keyword()
    reader.expectSpace()
    found.tag = textOf(reader.string())
    reader.expect(')')
  }
  for (reader.skipSpaces(); !reader.isAtEnd; reader.skipSpaces()) {
    const name = reader.keyword()
    reader.skipSpaces()
    if (name === 'UID') found.areUids = true
    else if (name === 'COUNT') found.count = reader.number()
    else if (name === 'MIN') found.min = reader.number()
    else if (name === 'MAX') found.max = reader.number()
    else if (name === 'MODSEQ') found.modSeq = reader.bigNumber()
    else if (name === 'ALL') found.all = readSet(reader)
    else reader.skipValue()
  }
  return found
}

function readSet(reader: ResponseReader): UidSet {
  const set = UidSet.parse(reader.atom())
  if (set === undefined || set.size === undefined)
    throw new Unreadable('a set of numbers is missing')
  return set
}

function readVanished(reader: ResponseReader): ImapResponse {
  const isEarlier = reader.isAt('(')
  if (isEarlier) reader.value()
  reader.skipSpaces()
  return { kind: 'vanished', uids: readSet(reader), isEarlier }
}

function readNamespaces(reader: ResponseReader): ImapResponse {
  const personal = readNamespace(reader)
  reader.expectSpace()
  const otherUsers = readNamespace(reader)
  reader.expectSpace()
  return { kind: 'namespace', personal, otherUsers, shared: readNamespace(reader) }
}

function readNamespace(reader: ResponseReader): readonly Namespace[] {
  if (!reader.isAt('(')) {
    if (reader.value() === undefined) return []
    throw new Unreadable('a namespace is a list or NIL')
  }
  return reader.list(() => {
    reader.expect('(')
    const prefix = textOf(reader.string())
    reader.expectSpace()
    const delimiter = reader.nstring()
    for (reader.skipSpaces(); !reader.skip(')'); reader.skipSpaces()) reader.skipValue()
    return { prefix, delimiter: delimiter && textOf(delimiter) }
  })
}

function readFields(reader: ResponseReader): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (!reader.isAt('(')) return fields
  reader.list(() => {
    const name = textOf(reader.string())
    reader.skipSpaces()
    const value = reader.nstring()
    if (value !== undefined) fields.set(name.toLowerCase(), textOf(value))
  })
  return fields
}

function readQuota(reader: ResponseReader): ImapResponse {
  const root = textOf(reader.astring())
  reader.skipSpaces()
  // Courier writes nothing where it has nothing to say.
  if (reader.isAtEnd) return { kind: 'quota', root, resources: [] }
  const resources: readonly QuotaResource[] = reader.list(() => {
    const name = reader.keyword()
    reader.expectSpace()
    const usage = reader.number()
    reader.expectSpace()
    return { name, usage, limit: reader.number() }
  })
  return { kind: 'quota', root, resources }
}

function readQuotaRoot(reader: ResponseReader, { nameEncoding }: ParseContext): ImapResponse {
  const name = MailboxName.read(reader.astring(), nameEncoding)
  const roots: string[] = []
  for (reader.skipSpaces(); !reader.isAtEnd; reader.skipSpaces()) {
    roots.push(textOf(reader.astring()))
  }
  return { kind: 'quota-root', name, roots }
}
