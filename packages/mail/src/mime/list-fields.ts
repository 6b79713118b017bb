/** What a mailing list says of itself → fields (RFC 2369, RFC 2919, RFC 8058). */

import { isAscii, isDotAtom } from '../address/character.ts'
import { nameWords } from './address-field.ts'
import { HeaderInvalid } from './errors.ts'
import { checkOneLine, foldField } from './fold-field.ts'
import type { DraftList } from './message.ts'

/** RFC 2919 §3. */
const MAX_LIST_ID = 255
/** A URL in the characters of RFC 3986, of which none ends the angle brackets around it. */
const LIST_URL = /^(?:mailto|https?):[!#-;=?-Z[\]_a-z~]+$/i
/** A URL can't be folded. A longer one would come near the 998 that RFC 5322 §2.1.1 allows a line. */
const MAX_LIST_URL = 900
const HTTPS_URL = /^https:/i

/**
 * @throws HeaderInvalid when the identifier is none, an address is no `mailto:`, `https:` or `http:` URL, or one click is promised and
 * there is no `https:` URL to take it.
 */
export function listFields(list: DraftList): string {
  return (
    listIdField(list) +
    urlField('List-Help', list.help) +
    urlField('List-Subscribe', list.subscribe) +
    urlField('List-Unsubscribe', list.unsubscribe) +
    oneClickField(list) +
    (list.post === 'NO' ? foldField('List-Post', ['NO']) : urlField('List-Post', list.post)) +
    urlField('List-Owner', list.owner) +
    urlField('List-Archive', list.archive)
  )
}

/** `List-Id`: a name for people and, between angle brackets, at least two labels (RFC 2919 §2). */
function listIdField({ id, idName }: DraftList): string {
  if (id === undefined && idName === undefined) return ''
  if (id === undefined || !isListId(id)) {
    throw new HeaderInvalid({
      field: 'List-Id',
      reason: 'is not the identifier of a list',
      value: id ?? '',
      hint: 'Write it as a domain name: exchange.example.org',
    })
  }
  checkOneLine('List-Id', idName ?? '')
  const name = idName?.trim() ?? ''
  return foldField('List-Id', [...(name === '' ? [] : nameWords(name, 'List-Id')), `<${id}>`])
}

/** Whether this can be the identifier of a list (RFC 2919 §2). */
export function isListId(id: string): boolean {
  return id.length <= MAX_LIST_ID && id.includes('.') && isAscii(id) && isDotAtom(id)
}

/** Whether these fields can hold this address. */
export function isListUrl(url: string): boolean {
  return url.length <= MAX_LIST_URL && LIST_URL.test(url)
}

/** Whether a program can be told by one of these, in one click, that somebody has had enough (RFC 8058 §3.1). */
export function takesOneClick(unsubscribe: readonly string[]): boolean {
  return unsubscribe.some((url) => HTTPS_URL.test(url))
}

function urlField(name: string, urls: readonly string[] = []): string {
  for (const url of urls) {
    if (isListUrl(url)) continue
    throw new HeaderInvalid({
      field: name,
      reason: 'has an address that is none',
      value: url,
      hint: 'Write it as a mailto: or https: URL in ASCII, other characters percent-encoded',
    })
  }
  if (urls.length === 0) return ''
  const last = urls.length - 1
  return foldField(
    name,
    urls.map((url, index) => `<${url}>${index < last ? ',' : ''}`),
  )
}

/** RFC 8058 §3.1. */
function oneClickField({ isOneClick = false, unsubscribe = [] }: DraftList): string {
  if (!isOneClick) return ''
  if (!takesOneClick(unsubscribe)) {
    throw new HeaderInvalid({
      field: 'List-Unsubscribe-Post',
      reason: 'needs an https: address in List-Unsubscribe',
      value: unsubscribe.join(' '),
    })
  }
  return foldField('List-Unsubscribe-Post', ['List-Unsubscribe=One-Click'])
}
