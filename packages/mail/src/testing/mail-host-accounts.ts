import { join } from 'node:path'
import type { Secret } from '../base/secret.ts'
import { folderName, LetterFolder } from './letter-folder.ts'
import { MailboxTree } from './mailbox-tree.ts'

export interface MailHostAccount {
  /** The address of the mailbox, and the user name of its login. Upper and lower case are the same. */
  readonly address: string
  readonly password: string
  /** How many octets its mailboxes may hold together; above it letters are refused with 552. Default: no limit. */
  readonly quotaOctets?: number
  /** Names of mailboxes that IMAP has beside INBOX, Drafts, Junk, Sent and Trash. Default: none. */
  readonly mailboxes?: readonly string[]
}

export interface AccountStorage {
  /** Where letters are kept. `undefined`: in memory. */
  readonly folder: string | undefined
  readonly now: () => Date
}

/** Who may log in at a mail host, and the mailboxes of each. */
export class MailHostAccounts {
  readonly #accounts = new Map<string, { readonly password: string; readonly tree: MailboxTree }>()

  /** @throws RangeError when an address occurs twice. */
  constructor(accounts: readonly MailHostAccount[], { folder, now }: AccountStorage) {
    for (const { address, password, quotaOctets, mailboxes = [] } of accounts) {
      const key = keyOf(address)
      if (this.#accounts.has(key)) throw new RangeError(`two accounts have the address ${address}`)
      const limitOctets = quotaOctets ?? Number.POSITIVE_INFINITY
      const tree = new MailboxTree({
        address,
        now,
        quota: { limitOctets, usedOctets: 0 },
        ...(folder === undefined
          ? {}
          : { folder: new LetterFolder(join(folder, folderName(key))) }),
      })
      for (const name of mailboxes) tree.create(name)
      this.#accounts.set(key, { password, tree })
    }
  }

  find(address: string): MailboxTree | undefined {
    return this.#accounts.get(keyOf(address))?.tree
  }

  /** The mailboxes of this user, or `undefined` when there are none or the password is another. */
  logIn(user: string, password: Secret): MailboxTree | undefined {
    const account = this.#accounts.get(keyOf(user))
    const isRight = account !== undefined && account.password === password.reveal()
    return isRight ? account.tree : undefined
  }
}

/**
 * RFC 5321 §2.4 lets a host decide whether the case of local-parts matters. Here it does not: two mailboxes that
 * differ in nothing else would be one folder on some file systems.
 */
function keyOf(address: string): string {
  return address.toLowerCase()
}
