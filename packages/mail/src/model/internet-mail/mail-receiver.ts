import { IllegalArgumentException } from '../exception.ts'
import type { MailboxException } from '../mailbox-exception.ts'
import { quoted } from '../quoted.ts'
import type { InternetMailFilter } from './filter.ts'
import type { InternetMailMessage } from './internet-mail-message.ts'

/** A letter in a mailbox: its identifier, the letter or its headers as they were read, or, by IMAP, its number, counted from 1. */
export type MessageReference = string | number | InternetMailMessage

/** A mailbox that letters are read from, whatever the protocol. */
export interface MailReceiver {
  getMessageCount(): Promise<number>
  getHeaders(filter: InternetMailFilter): Promise<Given<InternetMailMessage>>
  /** The identifiers of the letters that are meant and not known. */
  getUidl(known: readonly string[], filter: InternetMailFilter): Promise<Given<string>>
  /** All letters, or those that are named, in that order; those that are gone are not among them. */
  get(
    named: readonly MessageReference[] | undefined,
    options: GettingOptions,
  ): Promise<Given<InternetMailMessage>>
  deleteMessages(named: readonly MessageReference[]): Promise<void>
  close(): Promise<void>
}

/** What a server gave of letters, and why it did not give others, by their identifiers. */
export interface Given<Item> {
  readonly items: readonly Item[]
  readonly refusals: ReadonlyMap<string, MailboxException>
}

/** What becomes of letters that were read. */
export interface GettingOptions {
  readonly deletes: boolean
  readonly marksAsRead: boolean
}

/**
 * The identifiers of the letters that are named, each once.
 *
 * @param mailbox the one that is read, where there are several: an identifier means another letter elsewhere.
 * @throws IllegalArgumentException when one of them came from no server, or from another mailbox.
 */
export function identifiersOf(
  named: readonly MessageReference[],
  mailbox?: string,
): { readonly ids: readonly string[]; readonly numbers: readonly number[] } {
  const ids = new Set<string>()
  const numbers = new Set<number>()
  for (const each of named) {
    if (typeof each === 'string') ids.add(each)
    else if (typeof each === 'number') numbers.add(each)
    else {
      if (each.uid.length === 0) {
        throw new IllegalArgumentException('the letter came from no server, so none has it')
      }
      if (each.mailbox !== mailbox) {
        throw new IllegalArgumentException(
          `the letter was read from ${quoted(each.mailbox ?? 'a maildrop')}, which is not what is read now`,
        )
      }
      for (const id of each.uid) ids.add(id)
    }
  }
  return { ids: [...ids], numbers: [...numbers] }
}
