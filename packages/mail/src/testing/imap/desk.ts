import { UidSet } from '../../imap/number-set.ts'
import type { MailboxCommand } from '../../imap/server-command.ts'
import type { LetterSet, SearchKey } from '../../imap/server-search-keys.ts'
import type { ImapServerSession } from '../../imap/server-session.ts'
import type { MailboxTree, TreeRefusal } from '../mailbox-tree.ts'
import { answerSearch, savedOf } from './answer-search.ts'
import {
  appendLetter,
  expungeLetters,
  FLAGS,
  storeFlags,
  type Target,
  transferLetters,
} from './change-letters.ts'
import { fetchLetters } from './fetch-letters.ts'
import { findLetters } from './find-letters.ts'
import { listMailboxes, statusLine, statusOf } from './list-mailboxes.ts'
import { type Manner, type NumberedLetter, OpenMailbox } from './open-mailbox.ts'
import { bad, no, ok, type Outcome } from './outcome.ts'
import { line, ResponseWriter } from './response-writer.ts'

type Command<Name extends MailboxCommand['name']> = Extract<MailboxCommand, { name: Name }>

export interface DeskOptions {
  readonly tree: MailboxTree
  readonly session: Pick<ImapServerSession, 'enabled' | 'nameEncoding' | 'tag'>
  readonly capabilities: readonly string[]
  readonly sizeLimitOctets: number
  /** Called when something has happened in the mailbox that is open. */
  readonly onNews: () => void
}

const NOTHING_OPEN = bad('no mailbox is open')
const NO_MAILBOX = no('[NONEXISTENT] there is no such mailbox')

/** RFC 9208 §5.1.1 counts in units of 1,024 octets. */
const QUOTA_UNIT_OCTETS = 1024

/** What commands need of the server beside revision 1. Revision 2 has all of it. */
const NEEDS: Readonly<Partial<Record<MailboxCommand['name'], string>>> = {
  MOVE: 'MOVE',
  NAMESPACE: 'NAMESPACE',
  UNSELECT: 'UNSELECT',
  GETQUOTA: 'QUOTA',
  GETQUOTAROOT: 'QUOTA',
}

/** Does what the commands of one IMAP session say, with the mailboxes of one account. */
export class Desk {
  readonly #options: DeskOptions
  #open: OpenMailbox | undefined
  /** What the last search that was to be remembered has found. */
  #saved: readonly number[] = []
  #countsChanges = false

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** What has happened in the open mailbox since the client was told last. */
  takeNews(): readonly Uint8Array[] {
    return this.#open?.takeNews('told') ?? []
  }

  /** Leaves the open mailbox. */
  close(): void {
    this.#open?.close()
    this.#open = undefined
    this.#saved = []
  }

  execute(command: MailboxCommand): Outcome {
    const needed = NEEDS[command.name]
    if (needed !== undefined && !this.#can(needed)) return bad('unknown command')
    const outcome = this.#executeWithMailboxes(command)
    // FETCH, STORE and SEARCH tell what has happened by themselves: letters must keep their numbers there (RFC 9051 §7.5.1).
    if (outcome === undefined) return this.#executeWithLetters(command)
    const { pieces, end } = outcome
    return { pieces: [...pieces, ...this.takeNews()], end }
  }

  #executeWithMailboxes(command: MailboxCommand): Outcome | undefined {
    const { tree, session, sizeLimitOctets } = this.#options
    const manner = { encoding: session.nameEncoding, sizeLimitOctets }
    switch (command.name) {
      case 'NOOP':
      case 'CHECK':
        return ok('nothing done')
      case 'NAMESPACE':
        return ok('that is all', [line('* NAMESPACE (("" "/")) NIL NIL')])
      case 'CREATE':
        return treeOutcome(tree.create(command.mailbox))
      case 'DELETE':
        return treeOutcome(tree.delete(command.mailbox))
      case 'RENAME':
        return treeOutcome(tree.rename(command.from, command.to))
      case 'SUBSCRIBE':
        tree.subscribe(command.mailbox)
        return ok('subscribed')
      case 'UNSUBSCRIBE':
        tree.unsubscribe(command.mailbox)
        return ok('unsubscribed')
      case 'LIST':
      case 'LSUB':
        return ok('that is all', listMailboxes(tree, command, manner))
      case 'STATUS':
        return this.#status(command)
      case 'GETQUOTA':
      case 'GETQUOTAROOT':
        return this.#quota(command)
      case 'APPEND':
        return appendLetter(this.#target(command.mailbox), command)
      default:
        return undefined
    }
  }

  #executeWithLetters(command: MailboxCommand): Outcome {
    if (command.name === 'SELECT' || command.name === 'EXAMINE') return this.#select(command)
    const open = this.#open
    if (open === undefined) return NOTHING_OPEN
    switch (command.name) {
      case 'FETCH':
        return this.#fetch(open, command)
      case 'STORE':
        return this.#store(open, command)
      case 'SEARCH':
        return this.#search(open, command)
      case 'COPY':
      case 'MOVE': {
        const letters = this.#lettersOf(open, command.letters)
        const target = this.#target(command.mailbox)
        return transferLetters(open, letters, { name: command.name, target })
      }
      case 'EXPUNGE':
        return this.#expunge(open, command.letters)
      case 'CLOSE':
      case 'UNSELECT':
        // RFC 9051 §6.4.1: nothing is told of the letters that go.
        if (command.name === 'CLOSE' && !open.isReadOnly) expungeLetters(open)
        this.close()
        return ok('no mailbox is open')
      default:
        return bad('unknown command')
    }
  }

  #status({ mailbox: name, items }: Command<'STATUS'>): Outcome {
    const { tree, session, sizeLimitOctets } = this.#options
    const mailbox = tree.find(name)
    if (mailbox === undefined) return NO_MAILBOX
    if (items.includes('HIGHESTMODSEQ')) this.#countsChanges = true
    const status = statusOf(mailbox, items, { sizeLimitOctets })
    return ok('that is all', [statusLine(name, status, session.nameEncoding)])
  }

  #quota(command: Command<'GETQUOTA' | 'GETQUOTAROOT'>): Outcome {
    const { tree, session } = this.#options
    const isOfMailbox = command.name === 'GETQUOTAROOT'
    if (isOfMailbox && tree.find(command.mailbox) === undefined) return NO_MAILBOX
    const { quotaOctets, quotaUsedOctets } = tree.inbox
    const hasQuota = Number.isFinite(quotaOctets)
    if (!isOfMailbox && (command.root !== '' || !hasQuota)) {
      return no('[NONEXISTENT] no such quota root')
    }
    const lines: Uint8Array[] = []
    if (isOfMailbox) {
      const writer = new ResponseWriter().text('* QUOTAROOT ')
      lines.push(
        writer
          .mailbox(command.mailbox, session.nameEncoding)
          .text(hasQuota ? ' ""' : '')
          .take(),
      )
    }
    const [used, limit] = [quotaUsedOctets, quotaOctets].map((octets) =>
      Math.ceil(octets / QUOTA_UNIT_OCTETS),
    )
    if (hasQuota) lines.push(line(`* QUOTA "" (STORAGE ${used} ${limit})`))
    return ok('that is all', lines)
  }

  #select(command: Command<'SELECT' | 'EXAMINE'>): Outcome {
    const { tree, onNews } = this.#options
    const lines: Uint8Array[] = []
    if (this.#open !== undefined) lines.push(line('* OK [CLOSED] the mailbox before is closed'))
    this.close()
    const mailbox = tree.find(command.mailbox)
    if (mailbox === undefined) return { ...NO_MAILBOX, pieces: lines }
    if (command.countsChanges) this.#countsChanges = true
    const isReadOnly = command.name === 'EXAMINE'
    const open = new OpenMailbox(mailbox, { isReadOnly, manner: () => this.#manner(), onNews })
    this.#open = open
    lines.push(...this.#describe(open), ...this.#missed(open, command))
    return ok(isReadOnly ? '[READ-ONLY] open for reading' : '[READ-WRITE] open', lines)
  }

  #describe(open: OpenMailbox): readonly Uint8Array[] {
    const { mailbox, count, recentCount, firstUnseen, isReadOnly } = open
    const { uidValidity, nextUid, highestModSeq } = mailbox
    const lines = [`* ${count} EXISTS`, `* FLAGS (${FLAGS})`]
    if (this.#manner().hasRecent) {
      lines.push(`* ${recentCount} RECENT`)
      if (firstUnseen !== undefined) lines.push(`* OK [UNSEEN ${firstUnseen}] the first one`)
    }
    lines.push(`* OK [PERMANENTFLAGS (${isReadOnly ? '' : `${FLAGS} \\*`})] these last`)
    lines.push(
      uidValidity === undefined
        ? '* NO [UIDNOTSTICKY] unique ids do not last'
        : `* OK [UIDVALIDITY ${uidValidity}] unique ids are valid`,
    )
    lines.push(`* OK [UIDNEXT ${nextUid}] the next one`)
    if (this.#can('CONDSTORE')) lines.push(`* OK [HIGHESTMODSEQ ${highestModSeq}] counted so far`)
    return lines.map(line)
  }

  /** RFC 7162 §3.2.5: what has changed since the client had the mailbox open last. */
  #missed(open: OpenMailbox, { resumption }: Command<'SELECT' | 'EXAMINE'>): readonly Uint8Array[] {
    const { mailbox } = open
    if (resumption === undefined || mailbox.uidValidity !== resumption.uidValidity) return []
    return [
      ...vanishedLine(mailbox.removedSince(resumption.modSeq)),
      ...open
        .all()
        .filter(({ letter }) => letter.modSeq > resumption.modSeq)
        .map((letter) => open.flagsLine(letter)),
    ]
  }

  #fetch(open: OpenMailbox, command: Command<'FETCH'>): Outcome {
    const { isByUid, changedSince, tellsVanished } = command
    const asked = new Set(command.items.flatMap((item) => (item.kind === 'fact' ? item.name : [])))
    const items = [...command.items]
    if (isByUid && !asked.has('UID')) items.unshift({ kind: 'fact', name: 'UID' })
    if (changedSince !== undefined && !asked.has('MODSEQ')) {
      items.push({ kind: 'fact', name: 'MODSEQ' })
    }
    if (changedSince !== undefined || asked.has('MODSEQ')) this.#countsChanges = true
    const letters = this.#lettersOf(open, command.letters).filter(
      ({ letter }) => letter.modSeq > (changedSince ?? -1),
    )
    const vanished =
      tellsVanished && changedSince !== undefined
        ? vanishedLine(among(open.mailbox.removedSince(changedSince), command.letters))
        : []
    const pieces = function* (): Generator<Uint8Array> {
      yield* vanished
      yield* fetchLetters(open, letters, items)
      yield* open.takeNews(isByUid ? 'told' : 'kept')
    }
    return ok('that is all', pieces())
  }

  #store(open: OpenMailbox, command: Command<'STORE'>): Outcome {
    if (command.unchangedSince !== undefined) this.#countsChanges = true
    const letters = this.#lettersOf(open, command.letters)
    const { countsChanges } = this.#manner()
    const { pieces, end } = storeFlags(open, letters, { command, countsChanges })
    return { pieces: [...pieces, ...open.takeNews(command.isByUid ? 'told' : 'kept')], end }
  }

  #search(open: OpenMailbox, command: Command<'SEARCH'>): Outcome {
    const { isByUid, key } = command
    if (command.returned !== undefined && !this.#can('ESEARCH')) return bad('RETURN is not known')
    const found = findLetters(open, key, this.#saved)
    const isRevision2 = this.#options.session.enabled.has('IMAP4REV2')
    const returned = command.returned ?? (isRevision2 ? new Set(['ALL']) : undefined)
    if (returned?.has('SAVE') === true) this.#saved = savedOf(found, returned)
    const answer = answerSearch(found, {
      tag: this.#options.session.tag,
      isByUid,
      returned,
      tellsModSeq: namesModSeq(key),
    })
    return ok('that is all', [...answer, ...open.takeNews(isByUid ? 'told' : 'kept')])
  }

  #expunge(open: OpenMailbox, letters: LetterSet | undefined): Outcome {
    if (letters !== undefined && !this.#can('UIDPLUS')) return bad('unknown command')
    const named = letters === undefined ? undefined : this.#lettersOf(open, letters)
    const { end } = expungeLetters(open, named)
    return { pieces: open.takeNews('told'), end }
  }

  #lettersOf(open: OpenMailbox, letters: LetterSet): readonly NumberedLetter[] {
    return open.letters(letters, this.#saved)
  }

  #target(name: string): Target {
    return { mailbox: this.#options.tree.find(name), tellsUids: this.#can('UIDPLUS') }
  }

  #can(capability: string): boolean {
    const { capabilities } = this.#options
    return capabilities.includes(capability) || capabilities.includes('IMAP4rev2')
  }

  #manner(): Manner {
    const { enabled } = this.#options.session
    return {
      tellsVanished: enabled.has('QRESYNC'),
      countsChanges: this.#countsChanges || enabled.has('CONDSTORE'),
      hasRecent: !enabled.has('IMAP4REV2'),
    }
  }
}

function treeOutcome(refusal: TreeRefusal | undefined): Outcome {
  return refusal === undefined ? ok('done') : no(`[${refusal}] that can't be done`)
}

function vanishedLine(uids: readonly number[]): readonly Uint8Array[] {
  return uids.length === 0 ? [] : [line(`* VANISHED (EARLIER) ${UidSet.of(uids).toString()}`)]
}

function among(uids: readonly number[], letters: LetterSet): readonly number[] {
  return letters === 'saved' ? [] : uids.filter((uid) => letters.has(uid))
}

function namesModSeq(key: SearchKey): boolean {
  switch (key.kind) {
    case 'mod-seq':
      return true
    case 'not':
      return namesModSeq(key.key)
    case 'and':
    case 'or':
      return key.keys.some(namesModSeq)
    default:
      return false
  }
}
