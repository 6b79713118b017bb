/** The commands of a client (RFC 9051 §6), as a server understands them. */

import type { FetchItem } from './server-fetch-items.ts'
import type { ListCommand } from './server-list-options.ts'
import type { LetterSet, SearchKey } from './server-search-keys.ts'

/** What the client knew of a mailbox when it was open last (RFC 7162 §3.2.5). */
export interface Resumption {
  readonly uidValidity: number
  readonly modSeq: number
}

interface OfLetters {
  readonly letters: LetterSet
  /** Whether the answer speaks of letters by their UIDs. */
  readonly isByUid: boolean
}

/** What the session answers by itself. */
export type SessionCommand =
  | { readonly name: 'CAPABILITY' | 'ID' | 'IDLE' | 'LOGOUT' | 'STARTTLS' }
  | { readonly name: 'LOGIN'; readonly user: string; readonly password: string }
  | {
      readonly name: 'AUTHENTICATE'
      readonly mechanism: string
      readonly initialResponse: string | undefined
    }
  | { readonly name: 'ENABLE'; readonly extensions: readonly string[] }
  | { readonly name: 'COMPRESS'; readonly algorithm: string }

/** What somebody has to answer who has the mailboxes. */
export type MailboxCommand =
  | { readonly name: 'CHECK' | 'CLOSE' | 'NAMESPACE' | 'NOOP' | 'UNSELECT' }
  | {
      readonly name: 'CREATE' | 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'
      readonly mailbox: string
    }
  | { readonly name: 'GETQUOTAROOT'; readonly mailbox: string }
  | { readonly name: 'GETQUOTA'; readonly root: string }
  | { readonly name: 'RENAME'; readonly from: string; readonly to: string }
  | {
      readonly name: 'SELECT' | 'EXAMINE'
      readonly mailbox: string
      readonly countsChanges: boolean
      readonly resumption: Resumption | undefined
    }
  | ListCommand
  | { readonly name: 'STATUS'; readonly mailbox: string; readonly items: readonly string[] }
  | {
      readonly name: 'APPEND'
      readonly mailbox: string
      readonly flags: readonly string[]
      readonly internalDate: Date | undefined
      readonly octets: Uint8Array
    }
  /** Without letters: all that are marked as deleted. */
  | { readonly name: 'EXPUNGE'; readonly letters: LetterSet | undefined }
  | {
      readonly name: 'SEARCH'
      readonly isByUid: boolean
      /** `undefined`: the answer is that of revision 1. */
      readonly returned: ReadonlySet<string> | undefined
      readonly key: SearchKey
    }
  | (OfLetters & {
      readonly name: 'FETCH'
      readonly items: readonly FetchItem[]
      readonly changedSince: number | undefined
      readonly tellsVanished: boolean
    })
  | (OfLetters & {
      readonly name: 'STORE'
      readonly change: 'add' | 'remove' | 'set'
      readonly isSilent: boolean
      readonly flags: readonly string[]
      readonly unchangedSince: number | undefined
    })
  | (OfLetters & { readonly name: 'COPY' | 'MOVE'; readonly mailbox: string })

export type ServerCommand = SessionCommand | MailboxCommand
