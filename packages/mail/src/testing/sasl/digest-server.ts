import { createHash, randomBytes } from 'node:crypto'

/**
 * The server's side of DIGEST-MD5, written from RFC 2831 §2.1.2.1 for tests and sharing nothing with the client: what the client sends is
 * taken apart, and its proof computed anew from the password.
 */
export class DigestServer {
  readonly challenge: string
  readonly #nonce: string
  readonly #passwordOf: (user: string) => string | undefined

  constructor(
    passwordOf: (user: string) => string | undefined,
    nonce: string = randomBytes(12).toString('base64'),
  ) {
    this.#passwordOf = passwordOf
    this.#nonce = nonce
    this.challenge = `realm="example.org",nonce="${nonce}",qop="auth,auth-int",charset=utf-8,algorithm=md5-sess`
  }

  /** Checks the response of a client, and says who it is and what the last challenge is; `undefined` when it proves nothing. */
  accept(response: string): { readonly user: string; readonly challenge: string } | undefined {
    const facts = readDirectives(response)
    const user = facts?.get('username')
    const password = user === undefined ? undefined : this.#passwordOf(user)
    if (facts === undefined || user === undefined || password === undefined) return undefined
    if (facts.get('nc') !== '00000001' || facts.get('qop') !== 'auth') return undefined
    const identity = { user, password }
    if (facts.get('response') !== this.#proof(facts, identity, 'AUTHENTICATE')) return undefined
    return { user, challenge: `rspauth=${this.#proof(facts, identity, '')}` }
  }

  #proof(
    facts: ReadonlyMap<string, string>,
    { user, password }: { readonly user: string; readonly password: string },
    method: 'AUTHENTICATE' | '',
  ): string {
    const [cnonce = '', realm = '', uri = ''] = ['cnonce', 'realm', 'digest-uri'].map((name) =>
      facts.get(name),
    )
    const nonce = this.#nonce
    const identity = facts.get('authzid')
    const inner = md5(Buffer.concat([latin(user), colon(latin(realm)), colon(latin(password))]))
    const tail = `:${nonce}:${cnonce}${identity === undefined ? '' : `:${identity}`}`
    const ha1 = md5(Buffer.concat([inner, Buffer.from(tail)])).toString('hex')
    const ha2 = md5(Buffer.from(`${method}:${uri}`)).toString('hex')
    return md5(Buffer.from(`${ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`)).toString('hex')
  }
}

function md5(octets: Buffer): Buffer {
  return createHash('md5').update(octets).digest()
}

function colon(octets: Buffer): Buffer {
  return Buffer.concat([Buffer.from(':'), octets])
}

/** In ISO 8859-1 when nothing gets lost by it. */
function latin(text: string): Buffer {
  const narrow = Buffer.from(text, 'latin1')
  return narrow.toString('latin1') === text ? narrow : Buffer.from(text)
}

/** `undefined` for what are no directives, or one of them twice. */
function readDirectives(text: string): ReadonlyMap<string, string> | undefined {
  const facts = new Map<string, string>()
  for (let rest = text; rest !== '';) {
    const [whole = '', name = '', quoted, token] =
      /^([a-z-]+)=(?:"((?:\\.|[^"\\])*)"|([^,]*))(?:,|$)/su.exec(rest) ?? []
    if (whole === '' || facts.has(name)) return undefined
    facts.set(name, quoted?.replaceAll(/\\(.)/gsu, '$1') ?? token ?? '')
    rest = rest.slice(whole.length)
  }
  return facts
}
