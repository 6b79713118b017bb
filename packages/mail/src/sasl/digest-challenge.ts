import { refuse } from './mechanism.ts'
import type { Refusal } from './mechanism.ts'

/** `digest-challenge` of RFC 2831 §2.1.1, as far as authentication without a security layer goes. */
export interface DigestChallenge {
  readonly nonce: string
  readonly realms: readonly string[]
  /** The server takes UTF-8; otherwise ISO 8859-1. */
  readonly isUtf8: boolean
}

interface Directive {
  readonly name: string
  readonly value: string
}

/** One element of `1#directive`, quoted or not: Dovecot quotes the algorithm, Cyrus does not. */
const DIRECTIVE =
  /[ \t\r\n,]*(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<token>[^",\s]+))[ \t\r\n]*(?=,|$)/y
/** What may stand behind the last directive: empty elements of the list. */
const REST = /[ \t\r\n,]*$/y
/** Directives that must not come twice (RFC 2831 §2.1.1). */
const SINGULAR: ReadonlySet<string> = new Set([
  'nonce',
  'qop',
  'stale',
  'maxbuf',
  'charset',
  'algorithm',
  'rspauth',
])

export function parseDigestChallenge(text: string): DigestChallenge | Refusal {
  const directives = parseDirectives(text)
  if (!Array.isArray(directives)) return directives
  const find = (wanted: string): string | undefined =>
    directives.find(({ name }) => name === wanted)?.value
  const nonce = find('nonce')
  if (nonce === undefined || nonce === '') return refuse('the challenge has no nonce')
  if (find('algorithm')?.toLowerCase() !== 'md5-sess') {
    return refuse('the algorithm of the challenge is not md5-sess')
  }
  const qop = (find('qop') ?? 'auth').toLowerCase().split(/[\s,]+/)
  if (!qop.includes('auth')) return refuse('the server demands a security layer of its own')
  const charset = find('charset')?.toLowerCase()
  if (charset !== undefined && charset !== 'utf-8') {
    return refuse('the character set of the challenge is not UTF-8')
  }
  const realms = directives.filter(({ name }) => name === 'realm').map(({ value }) => value)
  return { nonce, realms, isUtf8: charset !== undefined }
}

/** The proof in the server's last challenge: 32 hexadecimal digits. */
export function parseResponseAuth(text: string): string | Refusal {
  const directives = parseDirectives(text)
  if (!Array.isArray(directives)) return directives
  const proof = directives.find(({ name }) => name === 'rspauth')?.value
  return proof ?? refuse('the server did not prove itself')
}

function parseDirectives(text: string): Directive[] | Refusal {
  const directives: Directive[] = []
  for (let from = 0; ; from = DIRECTIVE.lastIndex) {
    REST.lastIndex = from
    if (REST.test(text)) return directives
    DIRECTIVE.lastIndex = from
    const groups = DIRECTIVE.exec(text)?.groups
    if (groups === undefined) return refuse('the challenge is not one of DIGEST-MD5')
    const { name = '', quoted, token = '' } = groups
    const directive = {
      name: name.toLowerCase(),
      value: quoted === undefined ? token : quoted.replaceAll(/\\(.)/gs, '$1'),
    }
    if (SINGULAR.has(directive.name) && directives.some((one) => one.name === directive.name)) {
      return refuse(`the challenge has ${directive.name} twice`)
    }
    directives.push(directive)
  }
}
