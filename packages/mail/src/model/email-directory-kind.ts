import { Enumeration } from './enumeration.ts'

/** What a directory of a mailbox is for. */
export class EmailDirectoryKind extends Enumeration {
  static readonly Inbox: EmailDirectoryKind = new EmailDirectoryKind('Inbox', 0)
  static readonly Archive: EmailDirectoryKind = new EmailDirectoryKind('Archive', 1)
  static readonly Drafts: EmailDirectoryKind = new EmailDirectoryKind('Drafts', 2)
  static readonly Sent: EmailDirectoryKind = new EmailDirectoryKind('Sent', 3)
  static readonly Trash: EmailDirectoryKind = new EmailDirectoryKind('Trash', 4)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}
