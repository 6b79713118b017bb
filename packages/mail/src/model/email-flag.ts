import type { ImapFlag } from '../imap/fetch-response.ts'
import { Enumeration } from './enumeration.ts'

/** What a letter in a directory is marked with. How the documentation's flags are written in IMAP is this package's choice where it does not say. */
export class EmailFlag extends Enumeration {
  /** `\Recent`: no other connection has seen the letter here. Nobody can set that; setting it makes the letter an unread one, and removing it a read one. */
  static readonly New: EmailFlag = new EmailFlag('New', 0, '\\Recent')
  static readonly Answered: EmailFlag = new EmailFlag('Answered', 1, '\\Answered')
  /** The keyword `$Cancelled`. */
  static readonly Cancelled: EmailFlag = new EmailFlag('Cancelled', 2, '$Cancelled')
  /** The keyword `$Forwarded` (RFC 9051 §2.3.2). */
  static readonly Forwarded: EmailFlag = new EmailFlag('Forwarded', 3, '$Forwarded')
  static readonly Flagged: EmailFlag = new EmailFlag('Flagged', 4, '\\Flagged')
  /** The letter was read. */
  static readonly Seen: EmailFlag = new EmailFlag('Seen', 5, '\\Seen')
  /** The letter goes when the directory is purged. */
  static readonly Deleted: EmailFlag = new EmailFlag('Deleted', 6, '\\Deleted')
  static readonly Draft: EmailFlag = new EmailFlag('Draft', 7, '\\Draft')

  readonly #imapFlag: ImapFlag

  private constructor(name: string, index: number, imapFlag: ImapFlag) {
    super(name, index)
    this.#imapFlag = imapFlag
    Object.freeze(this)
  }

  /** How it is written in IMAP: `\Seen`. An extension. */
  get imapFlag(): ImapFlag {
    return this.#imapFlag
  }
}

const FLAGS: readonly EmailFlag[] = [
  EmailFlag.New,
  EmailFlag.Answered,
  EmailFlag.Cancelled,
  EmailFlag.Forwarded,
  EmailFlag.Flagged,
  EmailFlag.Seen,
  EmailFlag.Deleted,
  EmailFlag.Draft,
]

const BY_IMAP_FLAG: ReadonlyMap<string, EmailFlag> = new Map(
  FLAGS.map((flag) => [flag.imapFlag.toLowerCase(), flag]),
)

/** What a letter is marked with, and the words of somebody's own beside it. */
export function readFlags(imapFlags: readonly ImapFlag[]): {
  readonly flags: readonly EmailFlag[]
  readonly keywords: readonly string[]
} {
  const flags: EmailFlag[] = []
  const keywords: string[] = []
  for (const imapFlag of imapFlags) {
    const flag = BY_IMAP_FLAG.get(imapFlag.toLowerCase())
    if (flag !== undefined) flags.push(flag)
    else if (!imapFlag.startsWith('\\')) keywords.push(imapFlag)
  }
  return { flags, keywords }
}

/** What to add and what to remove so that letters get these flags, or lose them. */
export function flagChanges({
  flags,
  set,
}: {
  readonly flags: readonly EmailFlag[]
  readonly set: boolean
}): { readonly add: readonly ImapFlag[]; readonly remove: readonly ImapFlag[] } {
  const given = flags.filter((flag) => flag !== EmailFlag.New).map(({ imapFlag }) => imapFlag)
  const opposite = flags.includes(EmailFlag.New) ? [EmailFlag.Seen.imapFlag] : []
  return set ? { add: given, remove: opposite } : { add: opposite, remove: given }
}
