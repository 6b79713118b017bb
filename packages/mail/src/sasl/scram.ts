/**
 * SCRAM (RFC 5802): both sides prove that they know the password, or what it was salted and hashed to, and neither shows it.
 *
 *     client-first ─► server-first (salt, iterations) ─► client-final (proof) ─► server-final (the server's proof) ─► done
 */

import { encodeBase64 } from '../base/base64.ts'
import { concatOctets, NO_OCTETS, octetsOf } from '../base/octets.ts'
import type { PasswordCredentials } from './credentials.ts'
import type { ChannelBinding, HashName, SaslContext } from './environment.ts'
import type { SaslLimits } from './limits.ts'
import { refuse } from './mechanism.ts'
import type { Mechanism, PasswordMechanismName, Refusal } from './mechanism.ts'
import { respondMutually } from './mutual-responder.ts'
import type { MutualExchange, MutualProof } from './mutual-responder.ts'
import { isSameProof } from './proof.ts'
import { escapeSaslName } from './sasl-name.ts'
import { saslPrepare } from './saslprep.ts'
import { parseServerFinal, parseServerFirst } from './scram-message.ts'
import type { ServerFirst } from './scram-message.ts'

/** 24 digits of base64: more than the 128 bits that nobody guesses or meets twice. */
const NONCE_OCTETS = 18

const PLUS_HINT =
  "Check the user name and the password; if they are right, something on the way ends TLS for the server, or it knows no such channel binding: set the server's channelBinding to 'none'"

export const scramSha1: Mechanism = scram('SCRAM-SHA-1', 'sha1')
/** RFC 7677. */
export const scramSha256: Mechanism = scram('SCRAM-SHA-256', 'sha256')
export const scramSha1Plus: Mechanism = withChannelBinding('SCRAM-SHA-1-PLUS', 'sha1')
export const scramSha256Plus: Mechanism = withChannelBinding('SCRAM-SHA-256-PLUS', 'sha256')

function scram(name: PasswordMechanismName, hash: HashName): Mechanism {
  return {
    name,
    isClearText: false,
    start: (credentials, context) => {
      const { channelBinding, isBindingOffered } = context
      // "y" tells a server that could have bound the channel that somebody took its offer away (RFC 5802 §6).
      const flag = channelBinding !== undefined && !isBindingOffered ? 'y' : 'n'
      const variant = { hash, flag, bound: NO_OCTETS }
      return respondMutually(new ScramExchange(variant, credentials, context))
    },
  }
}

function withChannelBinding(name: PasswordMechanismName, hash: HashName): Mechanism {
  return {
    name,
    isClearText: false,
    bindsChannel: true,
    refusalHint: PLUS_HINT,
    start: (credentials, context) => {
      const { type, octets } = mustBind(context.channelBinding)
      const variant = { hash, flag: `p=${type}`, bound: octets }
      return respondMutually(new ScramExchange(variant, credentials, context))
    },
  }
}

function mustBind(binding: ChannelBinding | undefined): ChannelBinding {
  if (binding === undefined) throw new RangeError('there is no channel to bind to')
  return binding
}

interface ScramVariant {
  readonly hash: HashName
  /** `gs2-cbind-flag`. */
  readonly flag: string
  /** What of the channel goes into the proof. */
  readonly bound: Uint8Array
}

class ScramExchange implements MutualExchange {
  readonly initialResponse: Uint8Array
  readonly #variant: ScramVariant
  readonly #context: SaslContext
  readonly #password: Uint8Array
  readonly #gs2Header: string
  readonly #nonce: string
  readonly #clientFirstBare: string

  constructor(variant: ScramVariant, credentials: PasswordCredentials, context: SaslContext) {
    const { user, password, authorizationId } = credentials
    this.#variant = variant
    this.#context = context
    // RFC 5802 §2.2 and §5.1: what is hashed is as a stored string, what is looked up as a query.
    this.#password = octetsOf(
      saslPrepare(password.reveal(), { what: 'the password', as: 'stored' }),
    )
    const authzid = authorizationId === undefined ? '' : `a=${formatName(authorizationId)}`
    this.#gs2Header = `${variant.flag},${authzid},`
    this.#nonce = encodeBase64(context.crypto.randomOctets(NONCE_OCTETS))
    this.#clientFirstBare = `n=${formatName(user)},r=${this.#nonce}`
    this.initialResponse = octetsOf(this.#gs2Header + this.#clientFirstBare)
  }

  /** RFC 5802 §3. */
  prove(serverFirstText: string): MutualProof | Refusal {
    const serverFirst = parseServerFirst(serverFirstText)
    if ('kind' in serverFirst) return serverFirst
    const refusal = this.#check(serverFirst)
    if (refusal !== undefined) return refusal
    const bound = concatOctets([octetsOf(this.#gs2Header), this.#variant.bound])
    const withoutProof = `c=${encodeBase64(bound)},r=${serverFirst.nonce}`
    const authMessage = octetsOf([this.#clientFirstBare, serverFirstText, withoutProof].join(','))
    const { hash } = this.#variant
    const { crypto } = this.#context
    const { salt, iterations } = serverFirst
    const salted = crypto.pbkdf2(hash, { password: this.#password, salt, iterations })
    const clientKey = crypto.hmac(hash, salted, octetsOf('Client Key'))
    const signature = crypto.hmac(hash, crypto.hash(hash, clientKey), authMessage)
    const serverKey = crypto.hmac(hash, salted, octetsOf('Server Key'))
    const expected = crypto.hmac(hash, serverKey, authMessage)
    const proof = clientKey.map((octet, index) => octet ^ (signature[index] ?? 0))
    return {
      response: octetsOf(`${withoutProof},p=${encodeBase64(proof)}`),
      check: (serverFinal) => checkServerFinal(serverFinal, expected),
    }
  }

  /** Before any work is done and before anything is shown that the password could be guessed from. */
  #check({ nonce, iterations }: ServerFirst): Refusal | undefined {
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length) {
      return refuse("the server's nonce does not go on where this side's ends")
    }
    return checkIterations(iterations, this.#context.limits)
  }
}

function checkServerFinal(text: string, expected: Uint8Array): Refusal | undefined {
  const proof = parseServerFinal(text)
  if ('kind' in proof) return proof
  return isSameProof(proof, expected) ? undefined : refuse('the server does not know the password')
}

function checkIterations(iterations: number, limits: SaslLimits): Refusal | undefined {
  const { minScramIterations: min, maxScramIterations: max } = limits
  if (iterations < min) {
    return refuse(
      `the server asks for ${iterations} iterations, fewer than ${min} (limits.minScramIterations)`,
    )
  }
  if (iterations <= max) return undefined
  return refuse(
    `the server asks for ${iterations} iterations, more than ${max} (limits.maxScramIterations)`,
  )
}

function formatName(name: string): string {
  return escapeSaslName(saslPrepare(name, { what: 'the user name', as: 'query' }))
}
