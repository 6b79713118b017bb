/** CONNECT of HTTP (RFC 9110 §9.3.6), in HTTP/1.1 (RFC 9112), with Basic authentication (RFC 7617). */

import { encodeBase64 } from '../base/base64.ts'
import { LimitExceeded } from '../base/limit-exceeded.ts'
import { NO_OCTETS, octetsOf, textOf } from '../base/octets.ts'
import type { Dialog } from '../wire/dialog.ts'
import { ProtocolViolation } from '../wire/errors.ts'
import { LineBuffer, receiveLine, send } from '../wire/line-buffer.ts'
import { refuseControlCharacters, type ProxyCredentials } from './credentials.ts'
import { ProxyFailed, type ProxyFailure } from './errors.ts'
import { formatAuthority, type TunnelTarget } from './target.ts'
import type { TunnelRequest } from './tunnel.ts'

/** What common servers and clients take for a whole head. Answers to CONNECT have a line or two. */
const MAX_HEAD_OCTETS = 16 * 1024

/** Below this length a secret is too likely to be an ordinary word of an answer. */
const MIN_SECRET_LENGTH = 4

/** `HTTP/1.1 200 Connection established`; the words may be missing (RFC 9112 §4). */
const STATUS_LINE = /^HTTP\/1\.[01] ([1-5][0-9]{2})(?: (.*))?$/s

/** @throws RangeError at once, when user or password can't be sent. */
export function connectByHttp(request: TunnelRequest): Dialog<Uint8Array> {
  const { credentials, target } = request
  return connect(
    request,
    credentials === undefined ? plain(target) : withLogin(target, credentials),
  )
}

interface Message {
  readonly octets: Uint8Array
  readonly logAs?: string
  readonly secrets?: readonly string[]
}

function requestLines(target: TunnelTarget): readonly string[] {
  const authority = formatAuthority(target)
  return [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
}

function plain(target: TunnelTarget): Message {
  return { octets: octetsOf([...requestLines(target), '', ''].join('\r\n')) }
}

/** Sent without being asked for: a proxy that answers 407 often closes the connection. */
function withLogin(target: TunnelTarget, credentials: ProxyCredentials): Message {
  refuseControlCharacters(credentials)
  const { user } = credentials
  // RFC 7617 §2: the first colon is where the password begins.
  if (user.includes(':')) throw new RangeError("the user of an HTTP proxy can't have a colon")
  const password = credentials.password.reveal()
  const token = encodeBase64(octetsOf(`${user}:${password}`))
  const lines = requestLines(target)
  return {
    octets: octetsOf([...lines, `Proxy-Authorization: Basic ${token}`, '', ''].join('\r\n')),
    logAs: [...lines, 'Proxy-Authorization: Basic ********'].join(' | '),
    // Who repeats the token may leave out its end, which says nothing.
    secrets: [token.replace(/=+$/, ''), password],
  }
}

function* connect(request: TunnelRequest, message: Message): Dialog<Uint8Array> {
  const { timeoutMs } = request
  yield* send(message.octets, timeoutMs, message)
  const head = new HeadReader(timeoutMs, message.secrets)
  let status = yield* head.read()
  // RFC 9110 §15.2: any number of interim answers may come before the final one; the head's limit is for all of them.
  while (status.code < 200) status = yield* head.read()
  // RFC 9110 §9.3.6: after a 2xx the tunnel begins behind the head, whatever that says about content.
  if (status.code < 300) return head.rest
  throw failed(request, status)
}

interface Status {
  readonly code: number
  readonly words: string
  /** The schemes that the proxy would take, with 407. */
  readonly schemes: readonly string[]
}

/** Reads heads of answers; how long all of them together may be is limited. */
class HeadReader {
  readonly #timeoutMs: number
  readonly #buffer = new LineBuffer({ maxLineOctets: MAX_HEAD_OCTETS, option: 'maxHeadOctets' })
  readonly #secrets: readonly string[]
  #octets = 0

  /** @param secrets what was sent and is not to be shown, since some repeat what they do not understand. */
  constructor(timeoutMs: number, secrets: readonly string[] = []) {
    this.#timeoutMs = timeoutMs
    this.#secrets = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH)
  }

  /** What has come behind the last head. */
  get rest(): Uint8Array {
    return this.#buffer.takeOctets() ?? NO_OCTETS
  }

  *read(): Dialog<Status> {
    const first = yield* this.#line()
    const [, code, words = ''] = STATUS_LINE.exec(first) ?? []
    if (code === undefined)
      throw new ProtocolViolation('HTTP CONNECT failed: no status line', this.#conceal(first))
    const schemes: string[] = []
    for (;;) {
      const line = yield* this.#line()
      if (line === '') return { code: Number(code), words: this.#conceal(words), schemes }
      const [, scheme] = /^proxy-authenticate:[ \t]*([\w-]+)/i.exec(line) ?? []
      if (scheme !== undefined) schemes.push(this.#conceal(scheme))
    }
  }

  #conceal(text: string): string {
    return this.#secrets.reduce((clean, secret) => clean.replaceAll(secret, '********'), text)
  }

  *#line(): Dialog<string> {
    const line = yield* receiveLine(this.#buffer, this.#timeoutMs, this)
    this.#octets += line.length + 2
    if (this.#octets <= MAX_HEAD_OCTETS) return textOf(line)
    throw new LimitExceeded({
      what: 'the head of an answer',
      limit: MAX_HEAD_OCTETS,
      value: this.#octets,
      option: 'maxHeadOctets',
    })
  }
}

function failed({ proxy, target, credentials }: TunnelRequest, status: Status): ProxyFailed {
  const reason = reasonOf(status.code)
  const wanted = status.schemes.length === 0 ? '' : ` (${status.schemes.join(', ')})`
  return new ProxyFailed({
    proxy,
    target: formatAuthority(target),
    reason,
    proxyWords: `${`${status.code} ${status.words}`.trimEnd()}${wanted}`,
    hint: reason === 'authentication' ? loginHint(status, credentials) : undefined,
  })
}

function reasonOf(code: number): ProxyFailure {
  switch (code) {
    case 407:
      return 'authentication'
    // RFC 9110 §15.6.3, §15.6.5: what the proxy says of who is behind it.
    case 502:
    case 504:
      return 'target'
    case 405:
    case 501:
    case 505:
      return 'unsupported'
    // It took too long, or there were too many: that passes.
    case 408:
    case 429:
      return 'failure'
    default:
      return code < 500 ? 'refused' : 'failure'
  }
}

function loginHint(
  { schemes }: Status,
  credentials: ProxyCredentials | undefined,
): string | undefined {
  if (credentials === undefined) return 'Give the proxy credentials: it lets nobody in without'
  const hasBasic = schemes.length === 0 || schemes.some((scheme) => /^basic$/i.test(scheme))
  return hasBasic
    ? undefined
    : 'Have Basic authentication allowed at the proxy: no other is known here'
}
