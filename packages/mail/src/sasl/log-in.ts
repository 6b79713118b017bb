import { textOf } from '../base/octets.ts'
import { Secret } from '../base/secret.ts'
import type { Authentication } from './authentication.ts'
import { beginAuthentication, chooseMechanism, offersBinding, TOKEN_MECHANISMS } from './choose.ts'
import type { ChannelSecrecy } from './choose.ts'
import type { BearerCredentials, LoginCredentials, TokenLogin } from './credentials.ts'
import type { SaslEnvironment, SaslService } from './environment.ts'
import { AuthenticationFailed } from './errors.ts'
import type { SaslLimits } from './limits.ts'

/** What a server offers to log in with, and what this side brings along. */
export interface LoginOffer {
  /** The mechanisms that the server named. */
  readonly offered: readonly string[]
  readonly secrecy: ChannelSecrecy
  readonly service: SaslService
  readonly environment: SaslEnvironment
  readonly limits: SaslLimits
}

/** What a token is asked for by: the part of the dialog contract that is needed here. */
export interface Pull {
  readonly kind: 'pull'
  readonly source: AsyncIterator<Uint8Array>
}

type Answer = Uint8Array | null | undefined

/** Carries an authentication to its end in the words of one protocol. Returns when the server has accepted it, and throws otherwise. */
export type Converse<Demand> = (authentication: Authentication) => Generator<Demand, void, Answer>

/**
 * Logs in: once, with one mechanism. The one exception is a token, which ages: when the server refuses it, another one is asked for, and if there
 * is one that is different, it is used once.
 *
 * @throws NoUsableMechanism before anything is sent, and before a token is asked for.
 * @throws AuthenticationFailed, and what `converse` throws.
 */
export function* logIn<Demand>(
  credentials: LoginCredentials,
  offer: LoginOffer,
  converse: Converse<Demand>,
): Generator<Demand | Pull, void, Answer> {
  const { environment, service, limits, offered } = offer
  const { crypto, host, port } = environment
  const channelBinding = environment.channelBinding()
  const isBindingOffered = offersBinding(offered)
  const context = { service, limits, crypto, host, port, channelBinding, isBindingOffered }
  if (credentials.kind !== 'token') {
    yield* converse(beginAuthentication(credentials, offer, context))
    return
  }
  chooseMechanism(TOKEN_MECHANISMS, { ...offer, canBind: false, only: credentials.mechanism })
  const attempt = (bearer: BearerCredentials): Generator<Demand, void, Answer> =>
    converse(beginAuthentication(bearer, offer, context))
  yield* logInByToken(credentials, attempt)
}

function* logInByToken<Demand>(
  login: TokenLogin,
  attempt: (bearer: BearerCredentials) => Generator<Demand, void, Answer>,
): Generator<Demand | Pull, void, Answer> {
  const first = yield* pullToken(login)
  if (first === undefined) throw new TypeError('the token provider gave no token')
  try {
    yield* attempt(first)
  } catch (error) {
    if (!isTokenRefused(error)) throw error
    const second = yield* pullToken(login)
    if (second === undefined || second.token.reveal() === first.token.reveal()) throw error
    yield* attempt(second)
  }
}

function* pullToken(login: TokenLogin): Generator<Pull, BearerCredentials | undefined, Answer> {
  const { kind, user, tokens, mechanism } = login
  const octets = yield { kind: 'pull', source: tokens }
  if (!octets) return undefined
  const token = new Secret(textOf(octets))
  return { kind, user, token, ...(mechanism === undefined ? {} : { mechanism }) }
}

/** The server's own no, and not one that time mends. */
function isTokenRefused(error: unknown): boolean {
  return (
    error instanceof AuthenticationFailed && error.serverWords !== undefined && !error.transient
  )
}
