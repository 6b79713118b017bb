import { Enumeration } from './enumeration.ts'

/** Whether a directory is opened to be changed. */
export class ImapDirectoryOpenMode extends Enumeration {
  /** Nothing that is done changes the directory, not even that letters were seen. */
  static readonly Read: ImapDirectoryOpenMode = new ImapDirectoryOpenMode('Read', 0)
  static readonly ReadWrite: ImapDirectoryOpenMode = new ImapDirectoryOpenMode('ReadWrite', 1)

  private constructor(name: string, index: number) {
    super(name, index)
    Object.freeze(this)
  }
}
