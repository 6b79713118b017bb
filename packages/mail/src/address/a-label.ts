/** Domains of any script → the ASCII form that DNS and servers without SMTPUTF8 know (RFC 5890 §2.3.2.1). */

import { isAscii } from './character.ts'

/** RFC 1035 §2.3.4, without the dot of the root. */
const MAX_DOMAIN = 253
const MAX_LABEL = 63

/** What ends the host of a URL, or is decoded in one: a domain with any of these is none. */
const NOT_IN_DOMAIN = /[\p{C}\p{Z}#%/:<>?@[\\\]^|]/u
/** A last label of digits alone would be that of an IPv4 address. */
const ASCII_DOMAIN = /^(?:[0-9a-z_-]+\.)*[0-9a-z_-]*[a-z_-][0-9a-z_-]*$/

/**
 * Writes a domain in A-labels: `почта.рф` as `xn--80a1acny.xn--p1ai`. A domain that is ASCII, and a domain literal, stays as it is.
 *
 * The mapping is that of UTS #46, non-transitional, as in browsers: it is asked of the platform's `URL`, whose tables follow Unicode. That
 * is a pure function of its text; nothing is looked up.
 *
 * @returns `undefined` when the domain has no such form: it holds what IDNA 2008 (RFC 5891) disallows, a label has over 63 characters, or the
 * domain would be taken for another number of labels.
 *
 * @example
 * ```ts
 * import { toAsciiDomain } from '@obmen/mail/mime'
 *
 * console.log(toAsciiDomain('почта.рф')) // xn--80a1acny.xn--p1ai
 * ```
 */
export function toAsciiDomain(domain: string): string | undefined {
  if (isAscii(domain)) return domain
  if (NOT_IN_DOMAIN.test(domain)) return undefined
  const ascii = URL.parse(`http://${domain}`)?.hostname ?? ''
  const labels = ascii.split('.')
  const isSame = ASCII_DOMAIN.test(ascii) && labels.length === domain.split('.').length
  const fits = ascii.length <= MAX_DOMAIN && labels.every((label) => label.length <= MAX_LABEL)
  return isSame && fits ? ascii : undefined
}
