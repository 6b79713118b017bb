import { decodeBase64, encodeBase64 } from '../base/base64.ts'
import { octetsOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'

/** What the server says next in an authentication exchange. */
export type ServerStep =
  /** In base64, as it goes on the wire behind `334 ` or `+ `. */
  | { readonly kind: 'challenge'; readonly text: string }
  /** Somebody has told a password, which may be right. */
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret }
  /** Somebody has shown to be this user. */
  | { readonly kind: 'proven'; readonly user: string }
  /** Somebody has shown to be nobody. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'malformed' }

/** One authentication, as SMTP (RFC 4954), POP3 (RFC 5034) and IMAP carry it: takes the client's lines and answers each with a step. */
export interface ServerExchange {
  /** The first step: the initial response of the AUTH command, `=` for an empty one, or `undefined` for none. */
  start(initialResponse: string | undefined): ServerStep
  /** The next step: a line that answers a challenge. */
  next(line: string): ServerStep
}

/** The ways to log in that a server offers on one connection. */
export interface ServerMechanisms {
  /** As they are now: TLS brings more. */
  names(): readonly string[]
  /** @returns `undefined` for one that is not offered. */
  begin(name: string): ServerExchange | undefined
}

/** PLAIN and LOGIN, whose passwords somebody else looks at. */
export const CLEAR_TEXT_MECHANISMS: ServerMechanisms = {
  names: () => ['PLAIN', 'LOGIN'],
  begin: (name) => (name === 'PLAIN' || name === 'LOGIN' ? new ClearTextExchange(name) : undefined),
}

/** The server's side of PLAIN (RFC 4616) and LOGIN. Whether somebody may log in is for somebody else to decide. */
class ClearTextExchange implements ServerExchange {
  readonly #mechanism: 'PLAIN' | 'LOGIN'
  #user: string | undefined

  constructor(mechanism: 'PLAIN' | 'LOGIN') {
    this.#mechanism = mechanism
  }

  start(initialResponse: string | undefined): ServerStep {
    if (initialResponse === undefined) return challenge(this.#isLogin ? 'Username:' : '')
    return this.next(initialResponse === '=' ? '' : initialResponse)
  }

  next(line: string): ServerStep {
    if (line === '*') return { kind: 'cancelled' }
    const octets = decodeBase64(line)
    const text = octets && decodeText(octets)
    if (text === undefined) return { kind: 'malformed' }
    return this.#isLogin ? this.#nextOfLogin(text) : plainLogin(text)
  }

  get #isLogin(): boolean {
    return this.#mechanism === 'LOGIN'
  }

  #nextOfLogin(text: string): ServerStep {
    if (this.#user === undefined) {
      this.#user = text
      return challenge('Password:')
    }
    return { kind: 'login', user: this.#user, password: new Secret(text) }
  }
}

/** `[authzid] NUL authcid NUL passwd`; acting for somebody else is not supported. */
function plainLogin(text: string): ServerStep {
  const [authorizationId, user, password, ...rest] = text.split('\0')
  const isActingForOther = authorizationId !== '' && authorizationId !== user
  if (!user || !password || rest.length > 0 || isActingForOther) return { kind: 'malformed' }
  return { kind: 'login', user, password: new Secret(password) }
}

function challenge(text: string): ServerStep {
  return { kind: 'challenge', text: encodeBase64(octetsOf(text)) }
}

function decodeText(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets)
  } catch {
    return undefined
  }
}
