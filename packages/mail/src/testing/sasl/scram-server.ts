import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

export interface ScramAccount {
  readonly hash: 'sha1' | 'sha256'
  readonly user: string
  /** As SASLprep would have it. */
  readonly password: string
  /** `'bound'`: the mechanism is that with `-PLUS`. `'bindable'`: that one is offered too, and was not chosen. */
  readonly channel?: 'bound' | 'bindable'
  /** What the server knows of the TLS connection, of the type that the client names. */
  readonly binding?: { readonly type: string; readonly octets: Uint8Array }
  readonly iterations?: number
}

/**
 * The server's side of SCRAM, written from RFC 5802 §3 and §5 for tests and sharing nothing with the client. It holds no password: only the
 * StoredKey and the ServerKey.
 */
export class ScramServer {
  readonly #account: ScramAccount
  readonly #salt: Buffer = randomBytes(16)
  readonly #storedKey: Buffer
  readonly #serverKey: Buffer
  readonly #iterations: number
  #gs2 = ''
  #bare = ''
  #first = ''
  #nonce = ''

  constructor(account: ScramAccount) {
    const { hash, password } = account
    this.#account = account
    this.#iterations = account.iterations ?? 4096
    const size = hash === 'sha1' ? 20 : 32
    const salted = pbkdf2Sync(password, this.#salt, this.#iterations, size, hash)
    this.#storedKey = createHash(hash).update(this.#hmac(salted, 'Client Key')).digest()
    this.#serverKey = this.#hmac(salted, 'Server Key')
  }

  /** Answers client-first with server-first, or with `e=…`. */
  first(clientFirst: string): string {
    const [, gs2 = '', flag = '', bare = ''] =
      /^((n|y|p=[a-z-]+),(?:a=[^,]+)?,)(n=[^,]+,r=[!-+\--~]+)$/u.exec(clientFirst) ?? []
    const refusal = this.#refuseFlag(flag)
    if (refusal !== undefined) return refusal
    const [name = '', nonce = ''] = bare.split(',').map((attribute) => attribute.slice(2))
    if (unescapeName(name) !== this.#account.user) return 'e=unknown-user'
    this.#gs2 = gs2
    this.#bare = bare
    this.#nonce = nonce + randomBytes(12).toString('base64url')
    this.#first = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${this.#iterations}`
    return this.#first
  }

  /** Answers client-final with `v=…` or `e=…`. */
  final(clientFinal: string): string {
    const [, withoutProof = '', channel = '', nonce = '', proof = ''] =
      /^(c=([^,]+),r=([^,]+)),p=([^,]+)$/u.exec(clientFinal) ?? []
    if (nonce !== this.#nonce) return 'e=other-error'
    const bound = this.#gs2.startsWith('p=') ? (this.#account.binding?.octets ?? []) : []
    const expected = Buffer.concat([Buffer.from(this.#gs2), Buffer.from(bound)])
    if (channel !== expected.toString('base64')) return 'e=channel-bindings-dont-match'
    const message = `${this.#bare},${this.#first},${withoutProof}`
    const signature = this.#hmac(this.#storedKey, message)
    const key = Buffer.from(proof, 'base64').map((octet, at) => octet ^ (signature[at] ?? 0))
    const digest = createHash(this.#account.hash).update(key).digest()
    if (!timingSafeEqual(digest, this.#storedKey)) return 'e=invalid-proof'
    return `v=${this.#hmac(this.#serverKey, message).toString('base64')}`
  }

  /** RFC 5802 §6: with `-PLUS` nothing but a bound channel will do, without it none can be bound; and `y` is said by who saw no `-PLUS`. */
  #refuseFlag(flag: string): string | undefined {
    const { channel, binding } = this.#account
    if (flag === 'y' && channel !== undefined) return 'e=server-does-support-channel-binding'
    const isBound = channel === 'bound' && binding !== undefined && flag === `p=${binding.type}`
    if (isBound || (channel !== 'bound' && !flag.startsWith('p='))) return undefined
    return flag === 'n' ? 'e=channel-bindings-dont-match' : 'e=channel-binding-not-supported'
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#account.hash, key).update(text).digest()
  }
}

/** RFC 5802 §5.1. */
export function unescapeName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=')
}
