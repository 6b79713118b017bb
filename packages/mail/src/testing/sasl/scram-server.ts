import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'

export interface ScramAccount {
  readonly hash: 'sha1' | 'sha256'
  readonly user: string
  /** As SASLprep would have it. */
  readonly password: string
  /** What the server knows of the TLS connection, and that it offers to bind to it. */
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
    const wanted = this.#account.binding === undefined ? ['n', 'y'] : ['n', this.#boundFlag]
    if (!wanted.includes(flag)) {
      return flag === 'y'
        ? 'e=server-does-support-channel-binding'
        : 'e=channel-binding-not-supported'
    }
    const [name = '', nonce = ''] = bare.split(',').map((attribute) => attribute.slice(2))
    if (name.replaceAll('=2C', ',').replaceAll('=3D', '=') !== this.#account.user) {
      return 'e=unknown-user'
    }
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

  get #boundFlag(): string {
    return `p=${this.#account.binding?.type ?? ''}`
  }

  #hmac(key: Buffer, text: string): Buffer {
    return createHmac(this.#account.hash, key).update(text).digest()
  }
}
