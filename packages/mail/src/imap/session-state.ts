import type { FetchedLetter, ImapFlag } from './fetch-response.ts'
import type { LiteralMode } from './command.ts'
import { ImapCapabilities } from './capabilities.ts'
import type { MailboxName, NameEncoding } from './mailbox-name.ts'
import type { UidSet } from './number-set.ts'
import type { ImapResponse, StatusResponse } from './response.ts'

/** What happened in the open mailbox without this connection having asked for it. */
export type MailboxChange =
  /** So many letters are there now: usually because some have come. */
  | { readonly kind: 'exists'; readonly count: number }
  /** A letter is gone, and those after it have numbers less by one. */
  | { readonly kind: 'expunge'; readonly sequenceNumber: number }
  /** Letters are gone, by their UIDs (RFC 7162 §3.2.10). */
  | { readonly kind: 'vanished'; readonly uids: UidSet }
  /** Flags of a letter are others now. Its UID is known where the server says it. */
  | {
      readonly kind: 'flags'
      readonly sequenceNumber: number
      readonly uid: number | undefined
      readonly flags: readonly ImapFlag[]
    }
  /** More than is told apart: look at the mailbox anew. */
  | { readonly kind: 'many' }

/**
 * How much of the memory changes may take until somebody asks for them: some ten thousand. Whoever doesn't ask does not need them one by one.
 */
const MAX_CHANGES_OCTETS = 1_000_000
/** What a change weighs beside its flags and numbers, roughly. */
const CHANGE_OCTETS = 100

/** Some ten extensions can be enabled (RFC 5161 and its successors), and their names have some ten characters. */
const MAX_ENABLED = 100
const MAX_ENABLED_NAME = 100

/** `'read'`: nothing that is done changes the mailbox, not even that letters were seen. */
export type MailboxAccess = 'read' | 'write'

/** What is known of the mailbox that is open. All of it may change with any response. */
export class MailboxState {
  readonly name: MailboxName
  isReadOnly: boolean
  /** How many letters there are. */
  exists = 0
  flags: readonly string[] = []
  /** Those that last; `\*` among them says that new ones may be made up. `undefined`: all of {@link flags}. */
  permanentFlags: readonly string[] | undefined
  uidValidity: number | undefined
  uidNext: number | undefined
  /** `undefined`, or 0 of some servers: the mailbox keeps no mod-sequences. */
  highestModSeq: bigint | undefined

  constructor(name: MailboxName, access: MailboxAccess) {
    this.name = name
    this.isReadOnly = access === 'read'
  }
}

/** What a session knows: every untagged response goes through here, whatever command is under way (RFC 9051 §7). */
export class SessionState {
  /** `undefined` until the server has said. */
  capabilities: ImapCapabilities | undefined
  readonly enabled: Set<string> = new Set()
  /** The mailbox that is open, or is about to be. */
  mailbox: MailboxState | undefined
  /** `BYE`, once it was said. */
  farewell: StatusResponse | undefined
  #changes: MailboxChange[] = []
  #changesOctets = 0

  get nameEncoding(): NameEncoding {
    return this.takesUtf8 ? 'utf-8' : 'modified-utf-7'
  }

  /** Whether both sides have agreed to UTF-8, in names and in letters. */
  get takesUtf8(): boolean {
    const isAgreed = this.enabled.has('UTF8=ACCEPT') || this.enabled.has('IMAP4REV2')
    return isAgreed || this.capabilities?.isRevision2Only === true
  }

  get literalMode(): LiteralMode {
    if (this.capabilities?.has('LITERAL+') === true) return 'at-once'
    // Revision 2 includes LITERAL- (RFC 9051 §1.4).
    const isSmall =
      this.capabilities?.has('LITERAL-') === true || this.capabilities?.has('IMAP4rev2') === true
    return isSmall ? 'small-at-once' : 'waiting'
  }

  get hasChanges(): boolean {
    return this.#changes.length > 0
  }

  /** What has changed since this was called last. */
  takeChanges(): readonly MailboxChange[] {
    const changes = this.#changes
    this.#forget()
    return changes
  }

  /** What a mailbox that is being opened was told before counts no more. */
  begin(mailbox: MailboxState | undefined): void {
    this.mailbox = mailbox
    this.#forget()
  }

  take(response: ImapResponse): void {
    switch (response.kind) {
      case 'capability':
        this.capabilities = new ImapCapabilities(response.names)
        break
      case 'enabled':
        for (const name of response.names) this.#enable(name)
        break
      case 'status':
        this.#takeStatus(response)
        break
      default:
        if (this.mailbox !== undefined) this.#takeOfMailbox(response, this.mailbox)
    }
  }

  /** Something has changed in the mailbox. */
  note(change: MailboxChange): void {
    this.#changesOctets += weightOf(change)
    if (this.#changesOctets > MAX_CHANGES_OCTETS) {
      this.#forget()
      this.#changes.push({ kind: 'many' })
      return
    }
    this.#changes.push(change)
  }

  /** A server may name what nobody has asked for, and so for ever. */
  #enable(name: string): void {
    const isKept = this.enabled.size < MAX_ENABLED && name.length <= MAX_ENABLED_NAME
    if (isKept) this.enabled.add(name.toUpperCase())
  }

  #forget(): void {
    this.#changes = []
    this.#changesOctets = 0
  }

  #takeStatus(response: StatusResponse): void {
    if (response.status === 'BYE') this.farewell = response
    const { code } = response
    if (code === undefined) return
    if (code.capabilities !== undefined) this.capabilities = new ImapCapabilities(code.capabilities)
    const { mailbox } = this
    if (mailbox === undefined) return
    switch (code.name) {
      case 'PERMANENTFLAGS':
        mailbox.permanentFlags = code.flags
        break
      case 'UIDVALIDITY':
        mailbox.uidValidity = code.number
        break
      case 'UIDNEXT':
        mailbox.uidNext = code.number
        break
      case 'HIGHESTMODSEQ':
        mailbox.highestModSeq = code.modSeq
        break
      case 'NOMODSEQ':
        mailbox.highestModSeq = undefined
        break
      case 'READ-ONLY':
        mailbox.isReadOnly = true
        break
      case 'READ-WRITE':
        mailbox.isReadOnly = false
        break
      case 'CLOSED':
        // What came before was about the mailbox that was open until now (RFC 9051 §7.1).
        this.begin(new MailboxState(mailbox.name, mailbox.isReadOnly ? 'read' : 'write'))
        break
      default:
    }
  }

  #noteFlags({ sequenceNumber, uid, flags }: FetchedLetter): void {
    if (flags !== undefined) this.note({ kind: 'flags', sequenceNumber, uid, flags })
  }

  #takeOfMailbox(response: ImapResponse, mailbox: MailboxState): void {
    switch (response.kind) {
      case 'flags':
        mailbox.flags = response.flags
        break
      case 'exists':
        mailbox.exists = response.count
        this.note({ kind: 'exists', count: response.count })
        break
      case 'expunge':
        mailbox.exists = Math.max(0, mailbox.exists - 1)
        this.note(response)
        break
      case 'vanished':
        if (response.isEarlier) break
        mailbox.exists = Math.max(0, mailbox.exists - (response.uids.size ?? 0))
        this.note({ kind: 'vanished', uids: response.uids })
        break
      case 'fetch':
        this.#noteFlags(response.letter)
        break
      default:
    }
  }
}

function weightOf(change: MailboxChange): number {
  switch (change.kind) {
    case 'flags':
      return change.flags.reduce((octets, flag) => octets + flag.length, CHANGE_OCTETS)
    case 'vanished':
      return CHANGE_OCTETS * change.uids.ranges.length
    default:
      return CHANGE_OCTETS
  }
}
