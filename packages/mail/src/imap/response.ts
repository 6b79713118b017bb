import type { FetchedLetter } from './fetch-response.ts'
import type { MailboxName } from './mailbox-name.ts'
import type { UidSet } from './number-set.ts'
import type { ResponseCode } from './response-code.ts'

/** How a command, or the session, is doing (RFC 9051 §7.1). */
export type ImapStatus = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH'

/** A status, with the tag of the command that it ends, if it ends one. */
export interface StatusResponse {
  readonly kind: 'status'
  readonly tag: string | undefined
  readonly status: ImapStatus
  readonly code: ResponseCode | undefined
  /** For people. */
  readonly text: string
}

/** `+`: go on, with the base64 of a SASL challenge or words for people (RFC 9051 §7.6). */
export interface ContinuationResponse {
  readonly kind: 'continuation'
  readonly text: string
}

/**
 * What a mailbox is marked with (RFC 9051 §7.3.1, RFC 6154): `\Noselect`, `\HasChildren`, `\Subscribed`, `\NonExistent`; `\Sent`, `\Trash`, `\Drafts` and others
 * for a use. Compare them without regard to case.
 */
export type MailboxAttribute = string

/** One line of a listing. */
export interface ListedMailbox {
  readonly name: MailboxName
  /** What separates a mailbox from the one that it lies in; `undefined` where nothing lies in another. */
  readonly delimiter: string | undefined
  readonly attributes: readonly MailboxAttribute[]
}

/** What STATUS gives of a mailbox that needs not be open (RFC 9051 §7.3.4). What was not asked for, or is not known to the server, is not there. */
export interface MailboxStatus {
  readonly messages?: number
  readonly recent?: number
  readonly unseen?: number
  readonly deleted?: number
  readonly uidNext?: number
  readonly uidValidity?: number
  /** All letters together, in octets. */
  readonly sizeOctets?: number
  readonly highestModSeq?: bigint
  /** The largest letter that can be appended here. */
  readonly appendLimit?: number
}

/** What SEARCH found: all numbers, or what ESEARCH says of them (RFC 9051 §7.3.4). */
export interface SearchResponse {
  readonly kind: 'search'
  /** Whether it is an ESEARCH response. */
  readonly isExtended: boolean
  /** The command that it answers; `undefined` when it does not say so. */
  readonly tag: string | undefined
  /** ESEARCH says which numbers these are; SEARCH leaves it to the command. */
  readonly areUids: boolean | undefined
  /** The text of a set in ESEARCH, so that it is not written out; otherwise numbers. */
  readonly all: UidSet | readonly number[] | undefined
  readonly count: number | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  readonly modSeq: bigint | undefined
}

/** The beginnings of names that belong to somebody, and how they go on (RFC 2342). */
export interface Namespace {
  readonly prefix: string
  readonly delimiter: string | undefined
}

/** How much of something may be used, in the units of RFC 9208: STORAGE counts 1024 octets, MESSAGE letters. */
export interface QuotaResource {
  readonly name: string
  readonly usage: number
  readonly limit: number
}

/** One response of a server, typed. */
export type ImapResponse =
  | StatusResponse
  | ContinuationResponse
  | { readonly kind: 'capability'; readonly names: readonly string[] }
  | { readonly kind: 'enabled'; readonly names: readonly string[] }
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  | { readonly kind: 'exists'; readonly count: number }
  | { readonly kind: 'recent'; readonly count: number }
  | { readonly kind: 'expunge'; readonly sequenceNumber: number }
  | { readonly kind: 'vanished'; readonly uids: UidSet; readonly isEarlier: boolean }
  | {
      readonly kind: 'fetch'
      readonly letter: FetchedLetter
      /** What the letter takes of the memory, roughly: so that what is kept of many can be bounded. */
      readonly weightOctets: number
    }
  | { readonly kind: 'list' | 'lsub'; readonly mailbox: ListedMailbox }
  | { readonly kind: 'mailbox-status'; readonly name: MailboxName; readonly status: MailboxStatus }
  | SearchResponse
  | {
      readonly kind: 'namespace'
      readonly personal: readonly Namespace[]
      readonly otherUsers: readonly Namespace[]
      readonly shared: readonly Namespace[]
    }
  | { readonly kind: 'id'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'quota'; readonly root: string; readonly resources: readonly QuotaResource[] }
  | { readonly kind: 'quota-root'; readonly name: MailboxName; readonly roots: readonly string[] }
  /** One that this package does not know, or has no use for. */
  | { readonly kind: 'other'; readonly name: string }
