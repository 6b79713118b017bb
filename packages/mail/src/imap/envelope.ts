import type { ImapValue } from './response-reader.ts'
import { Unreadable } from './response-reader.ts'

/**
 * An address as a server took it apart (RFC 9051 §7.5.2). All of it is as it stood in the header section: encoded words are not decoded. In a group the
 * first entry has only a `mailbox`, the name of the group, and the last has nothing.
 */
export interface EnvelopeAddress {
  readonly name: string | undefined
  /** The local part. */
  readonly mailbox: string | undefined
  /** The domain. */
  readonly host: string | undefined
}

/**
 * The header fields that people look at first, as the server took them apart. Servers err here more often than elsewhere; where it matters, fetch the
 * header section.
 */
export interface ImapEnvelope {
  readonly date: string | undefined
  readonly subject: string | undefined
  readonly from: readonly EnvelopeAddress[]
  readonly sender: readonly EnvelopeAddress[]
  readonly replyTo: readonly EnvelopeAddress[]
  readonly to: readonly EnvelopeAddress[]
  readonly cc: readonly EnvelopeAddress[]
  readonly bcc: readonly EnvelopeAddress[]
  readonly inReplyTo: string | undefined
  readonly messageId: string | undefined
  /**
   * The octets of those texts that are not ASCII, by the text. A header section may hold any octets; what is no UTF-8 was read as windows-1252, and who
   * knows better can read it anew.
   */
  readonly octets: ReadonlyMap<string, Uint8Array>
}

/** Date, subject, six lists of addresses, In-Reply-To, Message-ID. */
const ENVELOPE_FIELDS = 10

/** Understands what stands where an envelope belongs, with the octets of what is not ASCII. @throws Unreadable when it is none. */
export function envelopeOf(
  value: ImapValue,
  octets: ReadonlyMap<string, Uint8Array>,
): ImapEnvelope {
  if (!isList(value) || value.length < ENVELOPE_FIELDS) {
    throw new Unreadable('an envelope has ten fields')
  }
  // By place: taking an array apart costs as much as all the rest.
  return {
    date: wordsOf(value[0]),
    subject: wordsOf(value[1]),
    from: addressesOf(value[2]),
    sender: addressesOf(value[3]),
    replyTo: addressesOf(value[4]),
    to: addressesOf(value[5]),
    cc: addressesOf(value[6]),
    bcc: addressesOf(value[7]),
    inReplyTo: wordsOf(value[8]),
    messageId: wordsOf(value[9]),
    octets,
  }
}

/** Whether a value is a parenthesized list. */
export function isList(value: ImapValue): value is readonly ImapValue[] {
  return Array.isArray(value)
}

/** A string, or an atom in its place; `undefined` for NIL. */
export function wordsOf(value: ImapValue): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new Unreadable('a list stands where a string belongs')
}

function addressesOf(value: ImapValue): readonly EnvelopeAddress[] {
  if (value === undefined) return []
  // An empty string in place of NIL is a habit of some servers.
  if (!isList(value)) return wordsOf(value) === '' ? [] : unreadableAddresses()
  return value.map(addressOf)
}

function addressOf(value: ImapValue): EnvelopeAddress {
  if (!isList(value)) return unreadableAddresses()
  // The second was the source route of RFC 822, which nobody writes any more.
  return { name: wordsOf(value[0]), mailbox: wordsOf(value[2]), host: wordsOf(value[3]) }
}

function unreadableAddresses(): never {
  throw new Unreadable('an address is a list of four strings')
}
