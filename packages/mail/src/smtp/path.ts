import { toAsciiDomain } from '../address/a-label.ts'
import { isAscii, isDotAtom } from '../address/character.ts'
import { AddressInvalid } from '../address/errors.ts'
import { MailboxAddress } from '../address/mailbox-address.ts'
import { utf8Length } from '../base/octets.ts'

/** RFC 5321 §4.5.3.1.3, in octets of UTF-8, angle brackets included. */
const MAX_PATH_OCTETS = 256
const ANGLE_BRACKETS = 2

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1?\d{1,2})(?:\.(?:25[0-5]|2[0-4]\d|1?\d{1,2})){3}$/
const IPV6_GROUP = /^[0-9A-Fa-f]{1,4}$/
const IPV6_GROUPS = 8
/** What stands before an IPv6 address in a literal (RFC 5321 §4.1.3). */
const IPV6_TAG = 'ipv6:'

/**
 * Where a letter goes to: the argument of RCPT (RFC 5321 §3.3).
 *
 * Valid by construction and written in one canonical form, a domain that is not ASCII in A-labels unless the local part needs SMTPUTF8 too. CR, LF, NUL and any other control can't be in it, and a space or `>`
 * only inside the quotes of a quoted local part, so it can't end its command or begin a parameter of it.
 *
 * @example
 * ```ts
 * import { ForwardPath } from '@obmen/mail/smtp'
 *
 * const shop = ForwardPath.parse('shop-1@example.org')
 * console.log(String(shop)) // <shop-1@example.org>
 * ```
 */
export class ForwardPath {
  readonly kind = 'forward-path'
  /** `local-part@domain`, quoted where it has to be. */
  readonly addrSpec: string
  readonly #mailbox: MailboxAddress

  private constructor({ mailbox, addrSpec }: WrittenMailbox) {
    this.#mailbox = mailbox
    this.addrSpec = addrSpec
  }

  /**
   * Reads `local-part@domain`, with or without angle brackets, by the strict grammar of RFC 5321 §4.1.2 and RFC 6531 §3.3: no
   * name, no comment, no source route.
   *
   * @throws AddressInvalid for anything else.
   */
  static parse(text: string): ForwardPath {
    return new ForwardPath(parseMailbox(text))
  }

  /** @throws AddressInvalid when the address is too long for a path, or its domain literal is no IP address. */
  static of(mailbox: MailboxAddress): ForwardPath {
    return new ForwardPath(checkPath(mailbox))
  }

  get domain(): string {
    return this.#mailbox.domain
  }

  /** The server must offer SMTPUTF8 to be given this path (RFC 6531 §3.2). */
  get needsSmtpUtf8(): boolean {
    return !this.#mailbox.isAscii
  }

  /** With the angle brackets, as in the command. */
  toString(): string {
    return `<${this.addrSpec}>`
  }
}

/**
 * Where reports about a letter go to: the argument of MAIL, a mailbox or nothing (RFC 5321 §3.3, §4.5.5). As safe as a {@link
 * ForwardPath}.
 */
export class ReversePath {
  /** `<>`: nobody wants a report. For letters that are reports themselves. */
  static readonly NULL: ReversePath = new ReversePath(undefined)

  readonly kind = 'reverse-path'
  /** `local-part@domain`, quoted where it has to be; empty for the null path. */
  readonly addrSpec: string
  readonly #mailbox: MailboxAddress | undefined

  private constructor(written: WrittenMailbox | undefined) {
    this.#mailbox = written?.mailbox
    this.addrSpec = written?.addrSpec ?? ''
  }

  /**
   * As {@link ForwardPath.parse}; `<>` is the null path. An empty text is not: it is more often a setting that was forgotten.
   *
   * @throws AddressInvalid when it is neither.
   */
  static parse(text: string): ReversePath {
    return text === '<>' ? ReversePath.NULL : new ReversePath(parseMailbox(text))
  }

  /** As {@link ForwardPath.of}. */
  static of(mailbox: MailboxAddress): ReversePath {
    return new ReversePath(checkPath(mailbox))
  }

  get isNull(): boolean {
    return this.#mailbox === undefined
  }

  /** The server must offer SMTPUTF8 to be given this path (RFC 6531 §3.2). */
  get needsSmtpUtf8(): boolean {
    return this.#mailbox !== undefined && !this.#mailbox.isAscii
  }

  /** With the angle brackets, as in the command. */
  toString(): string {
    return `<${this.addrSpec}>`
  }
}

/** What a client or server calls itself in EHLO: a host name or an address literal (RFC 5321 §4.1.3). Made by {@link parseClientName}. */
export type ClientName = string & { readonly '~clientName': true }

/**
 * Checks what this side calls itself in EHLO and HELO.
 *
 * @throws AddressInvalid when it is neither an ASCII host name nor an address literal.
 */
export function parseClientName(text: string): ClientName {
  if (!isClientName(text)) {
    throw new AddressInvalid({
      input: text,
      reason: 'the client name is neither an ASCII host name nor an address literal',
    })
  }
  return text
}

function isClientName(text: string): text is ClientName {
  if (!isAscii(text)) return false
  try {
    checkPath(MailboxAddress.of({ localPart: 'postmaster', domain: text }))
    return true
  } catch (error) {
    if (error instanceof AddressInvalid) return false
    throw error
  }
}

/** A mailbox that is fit for a path, and its text, which takes some making. */
interface WrittenMailbox {
  readonly mailbox: MailboxAddress
  readonly addrSpec: string
}

function parseMailbox(text: string): WrittenMailbox {
  const isBracketed = text.startsWith('<') && text.endsWith('>')
  const mailbox = isBracketed ? text.slice(1, -1) : text
  const local = readLocalPart(mailbox)
  if (local === undefined || mailbox[local.end] !== '@') {
    throw new AddressInvalid({
      input: text,
      reason: 'it does not begin with a local part and "@"',
      position: (local?.end ?? 0) + (isBracketed ? 1 : 0),
    })
  }
  const domain = mailbox.slice(local.end + 1)
  return checkPath(MailboxAddress.of({ localPart: local.text, domain }))
}

/** `Dot-string / Quoted-string`: its meaning, and where it ends; `undefined` when there is neither. */
function readLocalPart(text: string): { readonly text: string; readonly end: number } | undefined {
  if (text.startsWith('"')) return readQuotedString(text)
  const end = text.indexOf('@')
  const dotString = text.slice(0, Math.max(end, 0))
  return isDotAtom(dotString) ? { text: dotString, end } : undefined
}

/** Control characters are left for `MailboxAddress` to refuse. */
function readQuotedString(
  text: string,
): { readonly text: string; readonly end: number } | undefined {
  let content = ''
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '"') return { text: content, end: at + 1 }
    if (text[at] === '\\') at++
    content += text[at] ?? ''
  }
  return undefined
}

/** What a path demands beyond RFC 5322: its length, and a domain literal that is an IP address and nothing else. */
function checkPath(written: MailboxAddress): WrittenMailbox {
  const mailbox = withAsciiDomain(written)
  const { addrSpec, domain } = mailbox
  if (utf8Length(addrSpec) + ANGLE_BRACKETS > MAX_PATH_OCTETS) {
    throw new AddressInvalid({
      input: addrSpec,
      reason: `the path is longer than ${MAX_PATH_OCTETS} octets`,
    })
  }
  if (domain.startsWith('[') && !isAddressLiteral(domain)) {
    throw new AddressInvalid({ input: addrSpec, reason: 'the domain literal is not an IP address' })
  }
  return { mailbox, addrSpec }
}

/**
 * With a local part in ASCII, the domain is written in its A-labels, so that every server can be given the path (RFC 6531 §3.7.1). Otherwise
 * SMTPUTF8 is needed in any case.
 */
function withAsciiDomain(mailbox: MailboxAddress): MailboxAddress {
  const { localPart, domain } = mailbox
  if (isAscii(domain) || !isAscii(localPart)) return mailbox
  const ascii = toAsciiDomain(domain)
  if (ascii === undefined) {
    throw new AddressInvalid({ input: mailbox.addrSpec, reason: 'the domain has no form in ASCII' })
  }
  return MailboxAddress.of({ localPart, domain: ascii })
}

function isAddressLiteral(literal: string): boolean {
  const content = literal.slice(1, -1)
  if (!content.toLowerCase().startsWith(IPV6_TAG)) return IPV4.test(content)
  return isIpv6(content.slice(IPV6_TAG.length))
}

/** RFC 4291 §2.2: eight groups, the last two also as IPv4, one run of zero groups as `::`. */
function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const endsInIpv4 = last !== undefined && !text.endsWith('::') && IPV4.test(last)
  const hexGroups = endsInIpv4 ? groups.slice(0, -1) : groups
  const count = hexGroups.length + (endsInIpv4 ? 2 : 0)
  const isComplete = halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS
  return isComplete && hexGroups.every((group) => IPV6_GROUP.test(group))
}
