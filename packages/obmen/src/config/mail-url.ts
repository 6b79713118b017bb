import { domainToASCII } from 'node:url'

import { PASSWORD_MECHANISM_NAMES, type PasswordMechanismName } from '@obmen/mail/smtp'

import { MailUrlInvalid, type MailUrlProblem } from '../errors/value-error.ts'

/** By what a mail server is spoken to, however the connection is encrypted. */
export type MailProtocol = 'smtp' | 'pop3' | 'imap'

/** Where a mail server is, how the connection is encrypted, and who logs in. */
export interface MailUrl {
  readonly protocol: MailProtocol
  readonly host: string
  readonly port: number
  /** `'none'` only where the address says `?tls=none`. */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly user?: string
  /** The one mechanism to log in by, where the address says `?auth=…`; the strongest that the server offers otherwise. */
  readonly mechanism?: PasswordMechanismName
  /** The mailbox that an address of IMAP names; `INBOX` otherwise. */
  readonly mailbox?: string
}

/** What a server is for: letters go out by SMTP and come in by POP3 or IMAP. */
export type MailUse = 'send' | 'receive'

interface Protocol {
  readonly protocol: MailProtocol
  readonly tls: 'implicit' | 'starttls'
  readonly port: number
  readonly use: MailUse
}

/** Where a protocol is encrypted from the beginning of the connection: RFC 8314 §7.3 and §3.3. */
export const IMPLICIT_PORTS: Readonly<Record<MailProtocol, number>> = {
  smtp: 465,
  pop3: 995,
  imap: 993,
}

/** Ports by RFC 8314 §7.3 and §3.3, and RFC 6409 §3.1. */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['smtps', { protocol: 'smtp', tls: 'implicit', port: IMPLICIT_PORTS.smtp, use: 'send' }],
  ['smtp', { protocol: 'smtp', tls: 'starttls', port: 587, use: 'send' }],
  ['pop3s', { protocol: 'pop3', tls: 'implicit', port: IMPLICIT_PORTS.pop3, use: 'receive' }],
  ['pop3', { protocol: 'pop3', tls: 'starttls', port: 110, use: 'receive' }],
  ['imaps', { protocol: 'imap', tls: 'implicit', port: IMPLICIT_PORTS.imap, use: 'receive' }],
  ['imap', { protocol: 'imap', tls: 'starttls', port: 143, use: 'receive' }],
])

/**
 * Reads the address of a mail server: `smtps://user@host`, `smtp://user@host:587` (STARTTLS is required), `pop3s://`,
 * `pop3://`, `imaps://`, `imap://`; those of IMAP may name a mailbox: `imaps://user@host/Exchange`. `?tls=none` is the only way to clear text, `?auth=PLAIN`
 * names a mechanism for a server that offers more than it can. User names are percent-encoded: `exchange%40example.org`. A host may be
 * written in any script. Throws {@link MailUrlInvalid}, also for a password in it; the error never shows the text.
 */
export function parseMailUrl(text: string, use: MailUse): MailUrl {
  const refuse = (problem: MailUrlProblem): MailUrlInvalid =>
    new MailUrlInvalid(problem, examples(use))
  if (/^[a-z0-9]+:\/\/[^@]*:.*@/i.test(text)) throw refuse({ kind: 'password' })
  const url = URL.parse(text.trim())
  const name = url?.protocol.slice(0, -1) ?? ''
  if (url === null || !text.includes('://')) throw refuse({ kind: 'malformed' })
  const protocol = PROTOCOLS.get(name)
  if (protocol?.use !== use) throw refuse({ kind: 'protocol', protocol: name })
  const host = readHost(url)
  const user = decode(url.username)
  const path = url.pathname.replace(/^\//, '')
  const mailbox = protocol.protocol === 'imap' ? decode(path) : ''
  if (host === undefined || user === undefined || mailbox === undefined) {
    throw refuse({ kind: 'malformed' })
  }
  const rest = `${protocol.protocol === 'imap' || path === '' ? '' : url.pathname}${url.hash}`
  if (rest !== '') throw refuse({ kind: 'rest', rest })
  if (user === '' && use === 'receive') throw refuse({ kind: 'user-missing' })
  const { isClear, mechanism, unknown } = readParameters(url)
  if (unknown !== undefined) throw refuse({ kind: 'parameter', parameter: unknown })
  if (isClear && protocol.tls === 'implicit')
    throw refuse({ kind: 'tls-contradiction', protocol: name })
  return {
    protocol: protocol.protocol,
    host,
    port: url.port === '' ? protocol.port : Number(url.port),
    tls: isClear ? 'none' : protocol.tls,
    ...(user !== '' && { user }),
    ...(mechanism !== undefined && { mechanism }),
    ...(mailbox !== '' && { mailbox }),
  }
}

interface Parameters {
  readonly isClear: boolean
  readonly mechanism?: PasswordMechanismName
  readonly unknown?: string
}

function readParameters({ searchParams }: URL): Parameters {
  let parameters: Parameters = { isClear: false }
  for (const [key, value] of searchParams) {
    const mechanism = PASSWORD_MECHANISM_NAMES.find((known) => known === value.toUpperCase())
    if (key === 'tls' && value === 'none') parameters = { ...parameters, isClear: true }
    else if (key === 'auth' && mechanism !== undefined) parameters = { ...parameters, mechanism }
    else return { ...parameters, unknown: `${key}=${value}` }
  }
  return parameters
}

/** A host as sockets take it: in ASCII, an IPv6 address without brackets. */
function readHost(url: URL): string | undefined {
  const ipv6 = /^\[(.+)\]$/.exec(url.hostname)?.[1]
  if (ipv6 !== undefined) return ipv6
  const host = domainToASCII(decode(url.hostname) ?? '')
  return host === '' ? undefined : host
}

/** Percent-encoded UTF-8, or `undefined` for what is none, or holds control characters or line ends. */
function decode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text)
    return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

function examples(use: MailUse): readonly string[] {
  return [...PROTOCOLS]
    .filter(([, protocol]) => protocol.use === use)
    .map(([name]) => `${name}://user@mail.example.org`)
}
