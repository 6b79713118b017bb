import { join } from 'node:path'
import type { Secret } from '../base/secret.ts'
import { LetterFolder } from './letter-folder.ts'
import { Mailbox } from './mailbox.ts'

export interface MailHostAccount {
  /** The address of the mailbox, and the user name of its login. Upper and lower case are the same. */
  readonly address: string
  readonly password: string
  /** How many octets the mailbox may hold; above it letters are refused with 552. Default: no limit. */
  readonly quotaOctets?: number
}

/** Who may log in at a mail host, and the mailbox of each. */
export class MailHostAccounts {
  readonly #accounts = new Map<string, { readonly password: string; readonly mailbox: Mailbox }>()

  /** @throws RangeError when an address occurs twice. */
  constructor(accounts: readonly MailHostAccount[], folder: string | undefined) {
    for (const { address, password, quotaOctets } of accounts) {
      const key = keyOf(address)
      if (this.#accounts.has(key)) throw new RangeError(`two accounts have the address ${address}`)
      const mailbox = new Mailbox({
        address,
        ...(quotaOctets === undefined ? {} : { quotaOctets }),
        ...(folder === undefined ? {} : { folder: openFolder(folder, key) }),
      })
      this.#accounts.set(key, { password, mailbox })
    }
  }

  find(address: string): Mailbox | undefined {
    return this.#accounts.get(keyOf(address))?.mailbox
  }

  /** The mailbox of this user, or `undefined` when there is none or the password is another. */
  logIn(user: string, password: Secret): Mailbox | undefined {
    const account = this.#accounts.get(keyOf(user))
    const isRight = account !== undefined && account.password === password.reveal()
    return isRight ? account.mailbox : undefined
  }
}

/**
 * RFC 5321 §2.4 lets a host decide whether the case of local-parts matters. Here it does not: two mailboxes that
 * differ in nothing else would be one folder on some file systems.
 */
function keyOf(address: string): string {
  return address.toLowerCase()
}

/** A local-part may hold a slash; a folder name may not. The `@` stays readable. */
function openFolder(folder: string, key: string): LetterFolder {
  return new LetterFolder(join(folder, encodeURIComponent(key).replaceAll('%40', '@')))
}
