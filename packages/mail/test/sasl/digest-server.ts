import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

/**
 * The server's side of DIGEST-MD5, written from RFC 2831 §2.1.2.1 for these tests and sharing nothing with the client: what the client sends is
 * taken apart, and its proof computed anew from the password.
 */
export class DigestServer {
  readonly challenge: string =
    'realm="example.org",nonce="bm9uY2U=",qop="auth,auth-int",charset=utf-8,algorithm=md5-sess'
  readonly #user: string
  readonly #password: string

  constructor(user: string, password: string) {
    this.#user = user
    this.#password = password
  }

  /** Checks the response of a client, and gives the last challenge. */
  accept(response: string): string {
    const facts = readDirectives(response)
    assert.equal(facts.get('username'), this.#user)
    assert.equal(facts.get('nc'), '00000001')
    assert.equal(facts.get('qop'), 'auth')
    assert.equal(facts.get('response'), this.#proof(facts, 'AUTHENTICATE'))
    return `rspauth=${this.#proof(facts, '')}`
  }

  #proof(facts: ReadonlyMap<string, string>, method: string): string {
    const [nonce = '', cnonce = '', realm = '', uri = ''] = [
      'nonce',
      'cnonce',
      'realm',
      'digest-uri',
    ].map((name) => facts.get(name))
    const identity = facts.get('authzid')
    const inner = md5(
      Buffer.concat([latin(this.#user), colon(latin(realm)), colon(latin(this.#password))]),
    )
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

function readDirectives(text: string): Map<string, string> {
  const facts = new Map<string, string>()
  for (let rest = text; rest !== '';) {
    const [whole = '', name = '', quoted, token] =
      /^([a-z-]+)=(?:"((?:\\.|[^"\\])*)"|([^,]*))(?:,|$)/su.exec(rest) ?? []
    assert.ok(whole !== '' && !facts.has(name), `no directive: ${rest}`)
    facts.set(name, quoted?.replaceAll(/\\(.)/gsu, '$1') ?? token ?? '')
    rest = rest.slice(whole.length)
  }
  return facts
}
