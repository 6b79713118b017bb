import { utf8Length } from '../base/octets.ts'
import { AddressInvalid } from './errors.ts'
import {
  isAscii,
  isDomainLiteralCharacter,
  isDotAtom,
  isMadeOf,
  isTextCharacter,
  quoteString,
} from './character.ts'
import { TokenReader } from './token-reader.ts'
import { readMailbox } from './read-mailbox.ts'

/** RFC 5321 §4.5.3.1.1, in octets of UTF-8. */
const MAX_LOCAL_PART_OCTETS = 64
/** RFC 5321 §4.5.3.1.2, in octets of UTF-8. */
const MAX_DOMAIN_OCTETS = 255
/** RFC 1035 §2.3.4. */
const MAX_LABEL_OCTETS = 63

/** Letters, digits and marks of any script; `-` inside; `_` because hosts with it exist. Nothing that looks like `@` or `.`. */
const DOMAIN_LABEL = /^[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?$/u

/** What nearly all are: labels of ASCII, none of them too long. */
const ASCII_HOST =
  /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/

/** Invisible to people, and dropped by IDNA (UTS #46), so that a name with it means a name without. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u

/** What a {@link MailboxAddress} is made of, quoting removed. */
export interface MailboxParts {
  /** What stands before the last `@`, without quotes: `a b` for `"a b"@example.org`. */
  readonly localPart: string
  /** A host name, or an address literal with its brackets: `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
  readonly domain: string
  /** The name of the person or program, as it is read, not as it is encoded. */
  readonly displayName?: string
}

/**
 * The address of one mailbox, with or without a name (RFC 5322 §3.4). Immutable, and valid by construction: no part holds a control
 * character, so CR, LF and NUL can't be in an address, and {@link addrSpec} means the same to every program that reads it.
 *
 * A local part or a domain may hold letters of any script (RFC 6532); {@link isAscii} says whether one does. Lengths are those
 * of RFC 5321 §4.5.3.1: 64 octets, 255 octets.
 *
 * @example
 * ```ts
 * import { MailboxAddress } from '@obmen/mail/mime'
 *
 * const shop = MailboxAddress.parse('Склад № 1 <shop-1@example.org>')
 * console.log(shop.addrSpec, shop.displayName) // shop-1@example.org Склад № 1
 * ```
 */
export class MailboxAddress {
  readonly kind = 'mailbox'
  readonly localPart: string
  readonly domain: string
  readonly displayName: string | undefined

  private constructor(parts: MailboxParts) {
    this.localPart = parts.localPart
    this.domain = parts.domain
    this.displayName = parts.displayName
  }

  /** @throws AddressInvalid when a part can't be one of an address. */
  static of(parts: MailboxParts): MailboxAddress {
    checkLocalPart(parts)
    checkDomain(parts)
    return new MailboxAddress(parts).named(parts.displayName)
  }

  /** The same mailbox under another name, or under none. @throws AddressInvalid when the name holds a control character. */
  named(name: string | undefined): MailboxAddress {
    const { localPart, domain } = this
    const displayName = name?.trim()
    if (displayName === undefined || displayName === '') {
      return this.displayName === undefined ? this : new MailboxAddress({ localPart, domain })
    }
    if (!isWritable(displayName)) {
      throw new AddressInvalid({
        input: displayName,
        reason: 'the display name holds a control character',
      })
    }
    const isSame = displayName === this.displayName
    return isSame ? this : new MailboxAddress({ localPart, domain, displayName })
  }

  /**
   * Reads one mailbox by the grammar of RFC 5322 §3.4, obsolete forms (§4.4) included: `a@b`, `Name <a@b>`, `"N. (x)" <a@b>`,
   * with comments and folding. A route (`<@relay:a@b>`) is dropped. Encoded-words in the name stay as they are.
   *
   * @throws AddressInvalid for anything else, also for several mailboxes and for text after the address.
   */
  static parse(text: string): MailboxAddress {
    const reader = new TokenReader(text)
    const parts = readMailbox(reader)
    if (!reader.isAtEnd) reader.fail('something follows the address')
    return MailboxAddress.of(parts)
  }

  /** The address itself, quoted where it has to be: what an SMTP path and angle brackets hold (RFC 5322 §3.4.1). */
  get addrSpec(): string {
    return `${isDotAtom(this.localPart) ? this.localPart : quoteString(this.localPart)}@${this.domain}`
  }

  /** Whether the address (not the name) is ASCII. If not, it needs a server with SMTPUTF8 (RFC 6531). */
  get isAscii(): boolean {
    return isAscii(this.localPart) && isAscii(this.domain)
  }

  /** Whether both are the same mailbox: local parts equal to the letter, domains without regard to case. Names don't count. */
  equals(other: MailboxAddress): boolean {
    return (
      this.localPart === other.localPart && this.domain.toLowerCase() === other.domain.toLowerCase()
    )
  }

  /** The readable form, which {@link parse} reads back: `"Name, the" <a@b>`. A letter's form is `formatAddressField`'s. */
  toString(): string {
    if (this.displayName === undefined) return this.addrSpec
    return `${quoteString(this.displayName)} <${this.addrSpec}>`
  }
}

function isWritable(text: string): boolean {
  return isMadeOf(text, isTextCharacter) && text.isWellFormed()
}

/** IDNA resolves such a label as another one (`⒈com` as `1.com`), which may even be two. */
function standsForAnother(label: string): boolean {
  if (label.normalize('NFKC') !== label.normalize('NFC') || IGNORABLE.test(label)) return true
  // A single character that no normal form keeps, such as the sign of the kelvin, which is a K.
  return Array.from(label).some((character) => character.normalize('NFC') !== character)
}

function checkLocalPart({ localPart, domain }: MailboxParts): void {
  const refuse = (reason: string): never => {
    throw new AddressInvalid({ input: `${localPart}@${domain}`, reason })
  }
  if (!isWritable(localPart)) refuse('the local part holds a control character')
  if (utf8Length(localPart) > MAX_LOCAL_PART_OCTETS) {
    refuse(`the local part is longer than ${MAX_LOCAL_PART_OCTETS} octets`)
  }
}

function checkDomain({ localPart, domain }: MailboxParts): void {
  const refuse = (reason: string): never => {
    throw new AddressInvalid({ input: `${localPart}@${domain}`, reason })
  }
  if (utf8Length(domain) > MAX_DOMAIN_OCTETS) {
    refuse(`the domain is longer than ${MAX_DOMAIN_OCTETS} octets`)
  }
  if (domain.startsWith('[')) {
    const content = domain.slice(1, -1)
    if (!domain.endsWith(']') || content === '' || !isMadeOf(content, isDomainLiteralCharacter)) {
      refuse('the domain literal is not well formed')
    }
    return
  }
  if (ASCII_HOST.test(domain)) return
  for (const label of domain.split('.')) {
    if (!DOMAIN_LABEL.test(label) || label.length > MAX_LABEL_OCTETS) {
      refuse('the domain is not a host name')
    }
    if (!isAscii(label) && standsForAnother(label)) {
      refuse('the domain holds characters that stand for others')
    }
  }
}
