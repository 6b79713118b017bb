/** SOCKS 5 (RFC 1928) with user and password (RFC 1929). */

import { assert } from '../base/assert.ts'
import { concatOctets, NO_OCTETS, octetsOf } from '../base/octets.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/errors.ts'
import { send } from '../wire/line-buffer.ts'
import type { Concealment } from '../wire/protocol-log.ts'
import { refuseControlCharacters, type ProxyCredentials } from './credentials.ts'
import { ProxyFailed, type ProxyFailure } from './errors.ts'
import { formatAuthority, type TunnelTarget } from './target.ts'
import type { TunnelRequest } from './tunnel.ts'

const VERSION = 5
/** RFC 1928 §3. */
const NO_AUTHENTICATION = 0
const BY_PASSWORD = 2
const NO_ACCEPTABLE_METHOD = 0xff
/** RFC 1929 §2. */
const PASSWORD_VERSION = 1
/** RFC 1928 §4. */
const CONNECT = 1
const RESERVED = 0
const IPV4 = 1
const NAME = 3
const IPV6 = 4

/** What user and password may have: RFC 1929 §2 gives each one octet for its length. */
const MAX_CREDENTIAL_OCTETS = 255

/** RFC 1928 §6. */
const REPLIES: Readonly<Record<number, readonly [reason: ProxyFailure, words: string]>> = {
  1: ['failure', 'general SOCKS server failure'],
  2: ['refused', 'connection not allowed by ruleset'],
  3: ['target', 'network unreachable'],
  4: ['target', 'host unreachable'],
  5: ['target', 'connection refused'],
  6: ['target', 'TTL expired'],
  7: ['unsupported', 'command not supported'],
  8: ['unsupported', 'address type not supported'],
}

/** @throws RangeError at once, when user or password can't be sent. */
export function connectBySocks5(request: TunnelRequest): Dialog<Uint8Array> {
  const { credentials } = request
  const login = credentials === undefined ? undefined : passwordMessage(credentials)
  return new Socks5(request, login).connect()
}

interface Message {
  readonly octets: Uint8Array
  readonly concealment: Concealment
}

function passwordMessage(credentials: ProxyCredentials): Message {
  refuseControlCharacters(credentials)
  const { user } = credentials
  const password = credentials.password.reveal()
  const parts = [user, password].map((text) => octetsOf(text))
  for (const { length } of parts) {
    if (length < 1 || length > MAX_CREDENTIAL_OCTETS) {
      throw new RangeError(
        `user and password of a SOCKS proxy have 1 to ${MAX_CREDENTIAL_OCTETS} octets`,
      )
    }
  }
  const octets = [
    Uint8Array.of(PASSWORD_VERSION),
    ...parts.flatMap((part) => [Uint8Array.of(part.length), part]),
  ]
  return {
    octets: concatOctets(octets),
    concealment: { logAs: 'SOCKS5 user and password', secrets: [password] },
  }
}

class Socks5 {
  readonly #request: TunnelRequest
  readonly #login: Message | undefined
  #received: Uint8Array = NO_OCTETS

  constructor(request: TunnelRequest, login: Message | undefined) {
    this.#request = request
    this.#login = login
  }

  *connect(): Dialog<Uint8Array> {
    if ((yield* this.#chooseMethod()) === BY_PASSWORD) yield* this.#logIn()
    yield* this.#send({ octets: connectMessage(this.#request.target), concealment: {} })
    yield* this.#takeReply()
    return this.#received
  }

  *#chooseMethod(): Dialog<number> {
    const methods =
      this.#login === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, BY_PASSWORD]
    const octets = Uint8Array.of(VERSION, methods.length, ...methods)
    yield* this.#send({ octets, concealment: {} })
    const [version, method = NO_ACCEPTABLE_METHOD] = yield* this.#take(2)
    this.#checkVersion(version)
    if (method === NO_ACCEPTABLE_METHOD) {
      throw this.#failed('authentication', 'no acceptable methods')
    }
    if (!methods.includes(method)) {
      throw new ProtocolViolation(`SOCKS5 failed: the proxy chose method ${method}, not offered`)
    }
    return method
  }

  *#logIn(): Dialog<void> {
    assert(this.#login !== undefined, 'the method is one that was offered')
    yield* this.#send(this.#login)
    // The version before it is not looked at: there are proxies that put a 5 there.
    const [, status] = yield* this.#take(2)
    if (status !== 0) throw this.#failed('authentication', `status ${status}`)
  }

  /** The address in the reply is the proxy's own and of no use; but where it ends the mail server begins. */
  *#takeReply(): Dialog<void> {
    const [version, code = 0] = yield* this.#take(2)
    this.#checkVersion(version)
    if (code !== 0) {
      const [reason, words] = REPLIES[code] ?? ['failure', 'unassigned']
      throw this.#failed(reason, `reply ${code}, ${words}`)
    }
    const [, addressType] = yield* this.#take(2)
    yield* this.#take((yield* this.#addressLength(addressType)) + 2)
  }

  *#addressLength(addressType: number | undefined): Dialog<number> {
    if (addressType === IPV4) return 4
    if (addressType === IPV6) return 16
    if (addressType !== NAME) {
      throw new ProtocolViolation(`SOCKS5 failed: address type ${addressType} does not exist`)
    }
    const [length = 0] = yield* this.#take(1)
    return length
  }

  /** Exactly so many octets. Messages of SOCKS are short, so gathering them may copy. */
  *#take(count: number): Dialog<Uint8Array> {
    while (this.#received.length < count) {
      const octets = yield { kind: 'receive', timeoutMs: this.#request.timeoutMs, answer: this }
      if (octets === null) throw new ConnectionLost('waiting for the answer of the proxy')
      assert(octets !== undefined, 'a receive demand is answered with octets or null')
      this.#received = concatOctets([this.#received, octets])
    }
    const taken = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return taken
  }

  *#send({ octets, concealment }: Message): Dialog<void> {
    yield* send(octets, this.#request.timeoutMs, concealment)
  }

  #checkVersion(version: number | undefined): void {
    if (version === VERSION) return
    throw new ProtocolViolation(`SOCKS5 failed: the answer begins with ${version} instead of 5`)
  }

  #failed(reason: ProxyFailure, proxyWords: string): ProxyFailed {
    const { proxy, target } = this.#request
    const hint =
      reason === 'authentication' && this.#login === undefined
        ? 'Give the proxy credentials: it lets nobody in without'
        : undefined
    return new ProxyFailed({ proxy, target: formatAuthority(target), reason, proxyWords, hint })
  }
}

/** A name goes as it is: the proxy resolves it, and nobody here need be able to. */
function connectMessage({ host, port, address }: TunnelTarget): Uint8Array {
  const destination =
    address === undefined
      ? [Uint8Array.of(NAME, host.length), octetsOf(host)]
      : [Uint8Array.of(address.length === 4 ? IPV4 : IPV6), address]
  return concatOctets([
    Uint8Array.of(VERSION, CONNECT, RESERVED),
    ...destination,
    Uint8Array.of(port >> 8, port & 0xff),
  ])
}
