import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'

/** Which kind of proxy, and where it is. */
export interface ProxyName {
  readonly kind: 'socks5' | 'http'
  readonly host: string
  readonly port: number
}

/** Why there is no way through a proxy. */
export type ProxyFailure =
  | 'unreachable'
  | 'tls'
  | 'lost'
  | 'not-a-proxy'
  | 'authentication'
  | 'refused'
  | 'unsupported'
  | 'target'
  | 'failure'

interface Verdict {
  readonly verdict: string
  readonly hint: string
  readonly transient: boolean
}

const VERDICTS: Readonly<Record<ProxyFailure, Verdict>> = {
  unreachable: {
    verdict: 'there is no way to the proxy',
    hint: 'Check host and port of the proxy, and the network of this machine',
    transient: true,
  },
  tls: {
    verdict: 'the connection to the proxy could not be encrypted',
    hint: "Check the proxy's tls and ca",
    transient: false,
  },
  lost: {
    verdict: 'the proxy closed the connection',
    hint: 'Try again later; if it happens always, check kind and port of the proxy',
    transient: true,
  },
  'not-a-proxy': {
    verdict: 'what answers is no proxy of this kind',
    hint: 'Check kind and port of the proxy',
    transient: false,
  },
  authentication: {
    verdict: 'the proxy does not let this client in',
    hint: "Check the proxy's credentials",
    transient: false,
  },
  refused: {
    verdict: 'the proxy does not allow it',
    hint: 'Have host and port of the mail server allowed by the administrator of the proxy',
    transient: false,
  },
  unsupported: {
    verdict: 'the proxy does not have what this needs',
    hint: 'Use another kind of proxy',
    transient: false,
  },
  target: {
    verdict: 'the proxy does not reach the mail server',
    hint: 'Check host and port of the mail server',
    transient: true,
  },
  failure: {
    verdict: 'the proxy could not do it',
    hint: 'Try again later; have the log of the proxy looked at',
    transient: true,
  },
}

/** There is no way to the mail server through the proxy. The mail server got nothing. */
export class ProxyFailed extends MailError {
  readonly code = 'PROXY_FAILED'
  readonly transient: boolean
  readonly proxy: ProxyName
  /** The mail server, as `host:port`. */
  readonly target: string
  readonly reason: ProxyFailure
  /** What the proxy said, escaped and shortened; `undefined` when it said nothing. */
  readonly proxyWords: string | undefined

  constructor(facts: {
    readonly proxy: ProxyName
    readonly target: string
    readonly reason: ProxyFailure
    readonly proxyWords?: string
    readonly cause?: unknown
    /** Another hint than the reason usually has. */
    readonly hint?: string | undefined
  }) {
    const { proxy, target, reason, cause } = facts
    const { verdict, hint, transient } = VERDICTS[reason]
    const words = facts.proxyWords === undefined ? undefined : escapePeerWords(facts.proxyWords)
    super(
      `connecting to ${target} through the ${proxy.kind} proxy ${proxy.host}:${proxy.port} failed: ${verdict}` +
        (words === undefined ? '' : `: ${words}`),
      { hint: facts.hint ?? hint, ...(cause === undefined ? {} : { cause }) },
    )
    this.transient = transient
    this.proxy = { kind: proxy.kind, host: proxy.host, port: proxy.port }
    this.target = target
    this.reason = reason
    this.proxyWords = words
  }
}
