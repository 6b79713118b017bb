import { decodeBase64, encodeBase64 } from '../base/base64.ts'
import { octetsOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'

/** The mechanisms that the small servers of this package understand. */
export const SERVER_MECHANISMS = ['PLAIN', 'LOGIN'] as const
export type ServerMechanism = (typeof SERVER_MECHANISMS)[number]

/** What the server says next in an authentication exchange. */
export type ServerStep =
  /** In base64, as it goes on the wire behind `334 ` or `+ `. */
  | { readonly kind: 'challenge'; readonly text: string }
  | { readonly kind: 'login'; readonly user: string; readonly password: Secret }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'malformed' }

/**
 * The server's side of PLAIN (RFC 4616) and LOGIN, as SMTP (RFC 4954) and POP3 (RFC 5034) carry it: takes the
 * client's lines and answers with a challenge or with who wants to log in. Whether they may is for somebody else
 * to decide.
 */
export class ServerExchange {
  readonly #mechanism: ServerMechanism
  #user: string | undefined

  constructor(mechanism: ServerMechanism) {
    this.#mechanism = mechanism
  }

  /** The first step: the initial response of the AUTH command, `=` for an empty one, or `undefined` for none. */
  start(initialResponse: string | undefined): ServerStep {
    if (initialResponse === undefined) return challenge(this.#isLogin ? 'Username:' : '')
    return this.next(initialResponse === '=' ? '' : initialResponse)
  }

  /** The next step: a line that answers a challenge. */
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
