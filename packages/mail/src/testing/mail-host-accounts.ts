import { join } from 'node:path'
import type { Secret } from '../base/secret.ts'
import { folderName, LetterFolder } from './letter-folder.ts'
import { MailboxTree } from './mailbox-tree.ts'

export interface MailHostAccount {
  /** The address of the mailbox, and the user name of its login. Upper and lower case are the same. */
  readonly address: string
  readonly password: string
  /** What it is logged in to with by OAUTHBEARER and XOAUTH2. Default: nothing. */
  readonly token?: string
  /** The SHA-256 fingerprint, as `AA:BB:…`, of the client certificate that EXTERNAL lets in. Default: none. */
  readonly certificateFingerprint?: string
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

interface Account {
  readonly password: string
  readonly token: string | undefined
  readonly tree: MailboxTree
}

/** Who may log in at a mail host, and the mailboxes of each. */
export class MailHostAccounts {
  readonly #accounts = new Map<string, Account>()
  /** By the fingerprints of their certificates. */
  readonly #addresses = new Map<string, string>()

  /** @throws RangeError when an address occurs twice. */
  constructor(accounts: readonly MailHostAccount[], { folder, now }: AccountStorage) {
    for (const account of accounts) {
      const { address, password, token, quotaOctets, mailboxes = [] } = account
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
      this.#accounts.set(key, { password, token, tree })
      const { certificateFingerprint: fingerprint } = account
      if (fingerprint !== undefined) this.#addresses.set(fingerprint, key)
    }
  }

  find(address: string): MailboxTree | undefined {
    return this.#accounts.get(keyOf(address))?.tree
  }

  /** The mailboxes of this user, or `undefined` when there are none or the password is another. Who has proved to be this user needs none. */
  logIn(user: string, password: Secret | undefined): MailboxTree | undefined {
    const account = this.#accounts.get(keyOf(user))
    const isRight = password === undefined || account?.password === password.reveal()
    return isRight ? account?.tree : undefined
  }

  /** Whether certificates of clients are of any use. */
  get knowsCertificates(): boolean {
    return this.#addresses.size > 0
  }

  passwordOf(user: string): string | undefined {
    return this.#accounts.get(keyOf(user))?.password
  }

  tokenOf(user: string): string | undefined {
    return this.#accounts.get(keyOf(user))?.token
  }

  /** The address, in lower case, of whom a certificate lets in. */
  userOfCertificate(fingerprint: string): string | undefined {
    return this.#addresses.get(fingerprint)
  }
}

/**
 * RFC 5321 §2.4 lets a host decide whether the case of local-parts matters. Here it does not: two mailboxes that
 * differ in nothing else would be one folder on some file systems.
 */
function keyOf(address: string): string {
  return address.toLowerCase()
}
