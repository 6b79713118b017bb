import { LimitExceeded } from '../base/limit-exceeded.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { CommandPart, formatCommand } from './command.ts'
import type { ImapLimits } from './limits.ts'
import type { NameEncoding } from './mailbox-name.ts'
import { SequenceSet, UidSet } from './number-set.ts'
import type { SearchResponse } from './response.ts'
import type { ImapSession } from './session.ts'

/**
 * What letters to find (RFC 9051 §6.4.4): those for which everything holds that is said here. Texts are looked for anywhere in the field, without regard
 * to case; days are days in UTC as far as the server takes them so.
 */
export interface SearchCriteria {
  readonly uids?: UidSet
  readonly sequenceNumbers?: SequenceSet
  readonly seen?: boolean
  readonly answered?: boolean
  readonly flagged?: boolean
  readonly deleted?: boolean
  readonly draft?: boolean
  /** A flag of somebody's own: `$Junk`. */
  readonly keyword?: string
  readonly withoutKeyword?: string
  readonly from?: string
  readonly to?: string
  readonly cc?: string
  readonly bcc?: string
  readonly subject?: string
  readonly body?: string
  /** Header section and body. */
  readonly text?: string
  /** Header fields by name; an empty text finds the letters that have the field. */
  readonly header?: Readonly<Record<string, string>>
  /** When the server got the letter: before this day, on it, on it or later. */
  readonly before?: Date
  readonly on?: Date
  readonly since?: Date
  /** What its Date field says. */
  readonly sentBefore?: Date
  readonly sentOn?: Date
  readonly sentSince?: Date
  /** In octets. */
  readonly largerThan?: number
  readonly smallerThan?: number
  /** Changed in any way after the mailbox had counted so far (RFC 7162 §3.1.5). */
  readonly changedSince?: bigint
  readonly not?: SearchCriteria
  readonly either?: readonly [SearchCriteria, SearchCriteria]
}

/**
 * Finds letters in the open mailbox. Where more UIDs or numbers are named than fit into a command, it takes several commands.
 *
 * @throws ImapCommandRejected when the server can't; with `BADCHARSET` when it can't look for text that is not ASCII.
 */
export function* search(session: ImapSession, criteria: SearchCriteria): Dialog<UidSet> {
  const found: UidSet[] = []
  let count = 0
  for (const portion of yield* portionsOf(session, criteria)) {
    const some = yield* searchOnce(session, portion)
    count += some.size ?? Infinity
    checkFound(count, session.channel.limits)
    found.push(some)
  }
  return UidSet.union(found)
}

/** Servers end the session at a longer command than they take: Courier at 16 KiB, Dovecot at 64. */
function* portionsOf(
  session: ImapSession,
  criteria: SearchCriteria,
): Dialog<readonly SearchCriteria[]> {
  const { sequenceNumbers, ...others } = criteria
  if (sequenceNumbers !== undefined && !sequenceNumbers.fitsCommand) {
    const numbered = yield* uidsOf(session, sequenceNumbers)
    const { uids = numbered } = others
    const both = numbered.without(numbered.without(uids))
    return both.forCommands().map((portion) => ({ ...others, uids: portion }))
  }
  if (others.uids === undefined || others.uids.fitsCommand) return [criteria]
  return others.uids.forCommands().map((portion) => ({ ...criteria, uids: portion }))
}

/**
 * Asked for in portions, the numbers would not mean the same letters any more when some go between two commands. So the first is asked for, and the last, with all
 * between them, and it is counted whose they are.
 */
function* uidsOf(session: ImapSession, numbers: SequenceSet): Dialog<UidSet> {
  const first = numbers.ranges[0]?.first ?? 1
  const last = numbers.ranges.at(-1)?.last ?? first
  const covering = last === '*' ? SequenceSet.from(first) : SequenceSet.range(first, last)
  const all = yield* searchOnce(session, { sequenceNumbers: covering })
  return UidSet.of(all.numbers().filter((_, index) => numbers.has(first + index)))
}

function* searchOnce(
  { channel, capabilities }: ImapSession,
  criteria: SearchCriteria,
): Dialog<UidSet> {
  const { nameEncoding } = channel.state
  const keys = keysOf(criteria, nameEncoding)
  const isExtended = capabilities.has('ESEARCH') || capabilities.has('IMAP4rev2')
  const returned = isExtended ? [CommandPart.keywords('RETURN (ALL)')] : []
  // With UTF-8 agreed upon there is no other (RFC 6855 §3).
  const needsCharset = nameEncoding !== 'utf-8' && !isAscii(criteria)
  const charset = needsCharset ? [CommandPart.keywords('CHARSET UTF-8')] : []
  const all = keys.length === 0 ? [CommandPart.keywords('ALL')] : keys
  const found: number[] = []
  let extended: UidSet | undefined
  yield* channel.execute(formatCommand('UID SEARCH', ...returned, ...charset, ...all), {
    onData: (response, tag) => {
      if (response.kind !== 'search') return
      if (response.isExtended) extended = allOf(response, tag) ?? extended
      else if (!(response.all instanceof UidSet))
        for (const uid of response.all ?? []) found.push(uid)
      checkFound(found.length, channel.limits)
    },
  })
  const result = extended ?? UidSet.of(found)
  checkFound(result.size ?? Infinity, channel.limits)
  return result
}

/** `1:4294967295` is easily written, and who lists it has no memory left. */
function checkFound(value: number, { maxTokens: limit }: ImapLimits): void {
  if (value <= limit) return
  throw new LimitExceeded({ what: 'what a search found', limit, value, option: 'limits.maxTokens' })
}

/** The answer to another command is none to this. */
function allOf({ tag, all, areUids }: SearchResponse, ownTag: string): UidSet | undefined {
  if (tag !== undefined && tag !== ownTag) return undefined
  if (areUids === false && all !== undefined) {
    throw new ProtocolViolation('a search for UIDs was answered with other numbers')
  }
  return all instanceof UidSet ? all : undefined
}

const FLAG_KEYS = {
  seen: ['SEEN', 'UNSEEN'],
  answered: ['ANSWERED', 'UNANSWERED'],
  flagged: ['FLAGGED', 'UNFLAGGED'],
  deleted: ['DELETED', 'UNDELETED'],
  draft: ['DRAFT', 'UNDRAFT'],
} as const

const TEXT_KEYS = {
  from: 'FROM',
  to: 'TO',
  cc: 'CC',
  bcc: 'BCC',
  subject: 'SUBJECT',
  body: 'BODY',
  text: 'TEXT',
} as const

const DATE_KEYS = {
  before: 'BEFORE',
  on: 'ON',
  since: 'SINCE',
  sentBefore: 'SENTBEFORE',
  sentOn: 'SENTON',
  sentSince: 'SENTSINCE',
} as const

/** Deeper than anybody writes a search by hand; a server may count too. */
const MAX_DEPTH = 20

function keysOf(
  criteria: SearchCriteria,
  encoding: NameEncoding,
  depth: number = 0,
): readonly CommandPart[] {
  if (depth > MAX_DEPTH) throw new RangeError('a search lies in a search too often')
  const keys = [...setKeys(criteria), ...flagKeys(criteria), ...textKeys(criteria, encoding)]
  for (const name of keysIn(DATE_KEYS)) {
    const date = criteria[name]
    if (date !== undefined) keys.push(key(DATE_KEYS[name], CommandPart.date(date)))
  }
  const { largerThan, smallerThan, changedSince, not, either } = criteria
  if (largerThan !== undefined) keys.push(key('LARGER', CommandPart.number(largerThan)))
  if (smallerThan !== undefined) keys.push(key('SMALLER', CommandPart.number(smallerThan)))
  if (changedSince !== undefined) keys.push(key('MODSEQ', CommandPart.number(changedSince + 1n)))
  const nested = (inner: SearchCriteria): CommandPart => {
    const parts = keysOf(inner, encoding, depth + 1)
    return CommandPart.list(parts.length === 0 ? [CommandPart.keywords('ALL')] : parts)
  }
  if (not !== undefined) keys.push(key('NOT', nested(not)))
  if (either !== undefined) keys.push(key('OR', ...either.map(nested)))
  return keys
}

function setKeys({ uids, sequenceNumbers }: SearchCriteria): readonly CommandPart[] {
  const keys: CommandPart[] = []
  if (sequenceNumbers !== undefined) keys.push(CommandPart.set(sequenceNumbers))
  if (uids !== undefined) keys.push(key('UID', CommandPart.set(uids)))
  return keys
}

function flagKeys(criteria: SearchCriteria): readonly CommandPart[] {
  const keys: CommandPart[] = []
  for (const name of keysIn(FLAG_KEYS)) {
    const isSet = criteria[name]
    if (isSet !== undefined) keys.push(CommandPart.keywords(FLAG_KEYS[name][isSet ? 0 : 1]))
  }
  const { keyword, withoutKeyword } = criteria
  if (keyword !== undefined) keys.push(key('KEYWORD', CommandPart.atom(keyword)))
  if (withoutKeyword !== undefined) keys.push(key('UNKEYWORD', CommandPart.atom(withoutKeyword)))
  return keys
}

function textKeys(criteria: SearchCriteria, encoding: NameEncoding): readonly CommandPart[] {
  const string = (text: string): CommandPart => CommandPart.string(text, encoding)
  const keys: CommandPart[] = []
  for (const name of keysIn(TEXT_KEYS)) {
    const text = criteria[name]
    if (text !== undefined) keys.push(key(TEXT_KEYS[name], string(text)))
  }
  for (const [field, text] of Object.entries(criteria.header ?? {})) {
    keys.push(key('HEADER', string(field), string(text)))
  }
  return keys
}

function key(name: string, ...parts: readonly CommandPart[]): CommandPart {
  return CommandPart.sequence(CommandPart.keywords(name), ...parts)
}

function keysIn<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table) as Name[]
}

function isAscii(criteria: SearchCriteria): boolean {
  const { not, either = [], header = {} } = criteria
  const texts = [...keysIn(TEXT_KEYS).map((name) => criteria[name] ?? ''), ...Object.values(header)]
  const nested = not === undefined ? either : [not, ...either]
  return texts.every((text) => /^[\u0000-\u007f]*$/.test(text)) && nested.every(isAscii)
}
