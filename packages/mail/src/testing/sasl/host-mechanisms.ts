/** The ways to log in at the mail host that show no password, or need none. */

import { createHmac, randomBytes } from 'node:crypto'
import { decodeBase64, encodeBase64 } from '../../base/base64.ts'
import { octetsOf, textOf } from '../../base/octets.ts'
import type { ChannelBinding, ChannelBindingType } from '../../sasl/environment.ts'
import { saslPrepare } from '../../sasl/saslprep.ts'
import {
  CLEAR_TEXT_MECHANISMS,
  type ServerExchange,
  type ServerMechanisms,
  type ServerStep,
} from '../../sasl/server-exchange.ts'
import { DigestServer } from './digest-server.ts'
import { ScramServer, unescapeName, type ScramAccount } from './scram-server.ts'

/** What the mail host can be told to offer. Those whose names end in `-PLUS` and EXTERNAL are there with TLS only. */
export type HostMechanism =
  | 'PLAIN'
  | 'LOGIN'
  | 'CRAM-MD5'
  | 'DIGEST-MD5'
  | 'SCRAM-SHA-1'
  | 'SCRAM-SHA-1-PLUS'
  | 'SCRAM-SHA-256'
  | 'SCRAM-SHA-256-PLUS'
  | 'OAUTHBEARER'
  | 'XOAUTH2'
  | 'EXTERNAL'

/** Whom the host knows, and what it knows of a connection. */
export interface HostFacts {
  readonly passwordOf: (user: string) => string | undefined
  readonly tokenOf: (user: string) => string | undefined
  /** Who shows this certificate of a client. */
  readonly userOfCertificate: (fingerprint: string) => string | undefined
  readonly isEncrypted: () => boolean
  /** Of the connection as it is now; `undefined` without TLS, and for a type that its version does not have. */
  readonly channelBinding: (type: ChannelBindingType) => ChannelBinding | undefined
  readonly fingerprint: () => string | undefined
}

/** What comes of a message of the client: something to say, or who it is. */
type Answer = { readonly challenge: string } | { readonly user: string } | undefined

/** A mechanism, message by message. */
interface Conversation {
  /** What the server says first; `undefined` when the client does. */
  readonly greeting: string | undefined
  /** `undefined` when nobody was shown to be anybody. */
  take(message: string): Answer
}

/** What the host offers over one connection. */
export function hostMechanisms(
  offered: readonly HostMechanism[],
  facts: HostFacts,
): ServerMechanisms {
  // Before the handshake is over nobody knows what there will be to bind to.
  const isOffered = (name: HostMechanism): boolean =>
    (!name.endsWith('-PLUS') && name !== 'EXTERNAL') || facts.isEncrypted()
  const names = (): readonly HostMechanism[] => offered.filter(isOffered)
  return {
    names,
    begin(name) {
      const mechanism = names().find((known) => known === name)
      if (mechanism === undefined) return undefined
      const conversation = CONVERSATIONS[mechanism]?.(facts, channelOf(mechanism, names()))
      if (conversation === undefined) return CLEAR_TEXT_MECHANISMS.begin(mechanism)
      return new HostExchange(conversation)
    },
  }
}

class HostExchange implements ServerExchange {
  readonly #conversation: Conversation

  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  start(initialResponse: string | undefined): ServerStep {
    const { greeting } = this.#conversation
    if (initialResponse === undefined) return challenge(greeting ?? '')
    if (greeting !== undefined) return { kind: 'malformed' }
    return this.next(initialResponse === '=' ? '' : initialResponse)
  }

  next(line: string): ServerStep {
    if (line === '*') return { kind: 'cancelled' }
    const octets = decodeBase64(line)
    if (octets === undefined) return { kind: 'malformed' }
    const answer = this.#conversation.take(textOf(octets))
    if (answer === undefined) return { kind: 'refused' }
    return 'user' in answer ? { kind: 'proven', user: answer.user } : challenge(answer.challenge)
  }
}

function challenge(text: string): ServerStep {
  return { kind: 'challenge', text: encodeBase64(octetsOf(text)) }
}

/** Whether a mechanism binds the channel, or another one beside it could have. */
function channelOf(name: HostMechanism, offered: readonly string[]): ScramAccount['channel'] {
  if (name.endsWith('-PLUS')) return 'bound'
  return offered.includes(`${name}-PLUS`) ? 'bindable' : undefined
}

type Begin = (facts: HostFacts, channel: ScramAccount['channel']) => Conversation

const CONVERSATIONS: Readonly<Partial<Record<HostMechanism, Begin>>> = {
  'CRAM-MD5': cramMd5,
  'DIGEST-MD5': digestMd5,
  'SCRAM-SHA-1': (facts, channel) => scram(facts, 'sha1', channel),
  'SCRAM-SHA-1-PLUS': (facts, channel) => scram(facts, 'sha1', channel),
  'SCRAM-SHA-256': (facts, channel) => scram(facts, 'sha256', channel),
  'SCRAM-SHA-256-PLUS': (facts, channel) => scram(facts, 'sha256', channel),
  OAUTHBEARER: (facts) => token(facts, /^n,a=([^,]*),\u0001/),
  XOAUTH2: (facts) => token(facts, /^user=([^\u0001]*)\u0001/),
  EXTERNAL: external,
}

/** RFC 2195: the name and a digest of what the server has said, keyed with the password. */
function cramMd5({ passwordOf }: HostFacts): Conversation {
  const greeting = `<${randomBytes(12).toString('hex')}@localhost>`
  return {
    greeting,
    take(message) {
      const space = message.lastIndexOf(' ')
      const user = message.slice(0, Math.max(space, 0))
      const password = passwordOf(user)
      if (password === undefined) return undefined
      const digest = createHmac('md5', password).update(greeting).digest('hex')
      return message.slice(space + 1) === digest ? { user } : undefined
    },
  }
}

function digestMd5({ passwordOf }: HostFacts): Conversation {
  const server = new DigestServer(passwordOf)
  let user: string | undefined
  return {
    greeting: server.challenge,
    take(message) {
      if (user !== undefined) return message === '' ? { user } : undefined
      const accepted = server.accept(message)
      user = accepted?.user
      return accepted && { challenge: accepted.challenge }
    },
  }
}

function scram(
  facts: HostFacts,
  hash: ScramAccount['hash'],
  channel: ScramAccount['channel'],
): Conversation {
  let server: ScramServer | undefined
  let user = ''
  let isProven = false
  return {
    greeting: undefined,
    take(message) {
      if (isProven) return message === '' ? { user } : undefined
      if (server === undefined) {
        user = unescapeName(
          /(?:^|,)n=([^,]+)/.exec(message.replace(/^[^,]*,[^,]*,/, ''))?.[1] ?? '',
        )
        const account = accountOf(facts, user, /^p=([a-z-]+),/.exec(message)?.[1])
        if (account === undefined) return undefined
        server = new ScramServer({ ...account, hash, ...(channel && { channel }) })
        const first = server.first(message)
        return first.startsWith('e=') ? undefined : { challenge: first }
      }
      const final = server.final(message)
      isProven = final.startsWith('v=')
      return isProven ? { challenge: final } : undefined
    },
  }
}

function accountOf(
  { passwordOf, channelBinding }: HostFacts,
  user: string,
  type: string | undefined,
): Omit<ScramAccount, 'hash'> | undefined {
  const password = passwordOf(user)
  if (password === undefined) return undefined
  const prepared = saslPrepare(password, { what: 'the password', as: 'stored' })
  const isKnown = type === 'tls-exporter' || type === 'tls-unique'
  const binding = isKnown ? channelBinding(type) : undefined
  return { user, password: prepared, ...(binding && { binding }) }
}

/** RFC 7628 §3.2.2: a token that is refused is refused with a challenge first, which the client acknowledges. */
function token({ tokenOf }: HostFacts, name: RegExp): Conversation {
  let isRefused = false
  return {
    greeting: undefined,
    take(message) {
      if (isRefused) return undefined
      const user = unescapeName(name.exec(message)?.[1] ?? '')
      const given = /\u0001auth=Bearer ([^\u0001]+)\u0001\u0001$/.exec(message)?.[1]
      const known = tokenOf(user)
      if (known !== undefined && given === known) return { user }
      isRefused = true
      return { challenge: '{"status":"invalid_token"}' }
    },
  }
}

/** RFC 4422 appendix A: who the certificate of the client says, and nobody else. */
function external({ userOfCertificate, fingerprint }: HostFacts): Conversation {
  return {
    greeting: undefined,
    take(message) {
      const shown = fingerprint()
      const user = shown === undefined ? undefined : userOfCertificate(shown)
      const isMeant = message === '' || message.toLowerCase() === user
      return user !== undefined && isMeant ? { user } : undefined
    },
  }
}
