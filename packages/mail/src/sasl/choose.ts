import { anonymous } from './anonymous.ts'
import { Authentication } from './authentication.ts'
import { cramMd5 } from './cram-md5.ts'
import type {
  AnonymousCredentials,
  BearerCredentials,
  Credentials,
  ExternalCredentials,
} from './credentials.ts'
import { digestMd5 } from './digest-md5.ts'
import type { SaslContext } from './environment.ts'
import { NoUsableMechanism } from './errors.ts'
import { external } from './external.ts'
import { login } from './login.ts'
import type { LoginName, Mechanism } from './mechanism.ts'
import { oauthbearer } from './oauthbearer.ts'
import { plain } from './plain.ts'
import { scramSha1, scramSha1Plus, scramSha256, scramSha256Plus } from './scram.ts'
import { xoauth2 } from './xoauth2.ts'

/**
 * Who may read what is sent: nobody but the server (`'encrypted'`), anybody and the caller said so by name
 * (`'clear-by-name'`), anybody (`'clear'`).
 */
export type ChannelSecrecy = 'encrypted' | 'clear-by-name' | 'clear'

/** By what the connection is; that the caller has said `'none'` counts only where it is not encrypted, and no other setting ever counts as that. */
export function secrecyOf(isEncrypted: boolean, tlsSetting: string): ChannelSecrecy {
  if (isEncrypted) return 'encrypted'
  return tlsSetting === 'none' ? 'clear-by-name' : 'clear'
}

export interface MechanismChoice {
  /** The names that the server offered; their case does not matter. */
  readonly offered: readonly string[]
  readonly secrecy: ChannelSecrecy
  /** Whether there is a channel that the authentication can be bound to. */
  readonly canBind: boolean
  /** Allow this mechanism and no other. */
  readonly only?: LoginName | undefined
}

/** Every mechanism for a password, the strongest first: the order of `PASSWORD_MECHANISM_NAMES`. */
export const PASSWORD_MECHANISMS: readonly Mechanism[] = [
  scramSha256Plus,
  scramSha1Plus,
  scramSha256,
  scramSha1,
  digestMd5,
  cramMd5,
  plain,
  login,
]

/** Those in which the server does not get to see the password. */
const HIDING_MECHANISMS: readonly Mechanism[] = PASSWORD_MECHANISMS.filter(
  ({ isClearText }) => !isClearText,
)

/** Every mechanism for a token, the standard first. */
export const TOKEN_MECHANISMS: readonly Mechanism<BearerCredentials>[] = [oauthbearer, xoauth2]

const ANONYMOUS_MECHANISMS: readonly Mechanism<AnonymousCredentials>[] = [anonymous]
const EXTERNAL_MECHANISMS: readonly Mechanism<ExternalCredentials>[] = [external]

/** Whether the server offers to bind an authentication to the channel. */
export function offersBinding(offered: readonly string[]): boolean {
  return offered.some((name) => name.toUpperCase().endsWith('-PLUS'))
}

/**
 * Begins to authenticate with the strongest mechanism for these credentials that both sides have. ANONYMOUS and EXTERNAL are used for
 * credentials of their own kind only.
 *
 * @throws NoUsableMechanism when there is none, with the reason why.
 * @throws RangeError when the mechanism can't carry these credentials.
 */
export function beginAuthentication(
  credentials: Credentials,
  offer: Pick<MechanismChoice, 'offered' | 'secrecy'>,
  context: SaslContext,
): Authentication {
  const begin = <Proof extends Credentials>(
    mechanisms: readonly Mechanism<Proof>[],
    proof: Proof,
    only?: LoginName,
  ): Authentication => {
    const canBind = context.channelBinding !== undefined
    const mechanism = chooseMechanism(mechanisms, { ...offer, canBind, only })
    return Authentication.begin(mechanism, proof, context)
  }
  switch (credentials.kind) {
    case 'anonymous':
      return begin(ANONYMOUS_MECHANISMS, credentials)
    case 'external':
      return begin(EXTERNAL_MECHANISMS, credentials)
    case 'token':
      return begin(TOKEN_MECHANISMS, credentials, credentials.mechanism)
    default:
      return begin(
        credentials.isPasswordHidden === true ? HIDING_MECHANISMS : PASSWORD_MECHANISMS,
        credentials,
        credentials.mechanism,
      )
  }
}

/**
 * Chooses the first of these mechanisms that the server offered and the connection is fit for. Never one that was not offered; never
 * one that shows the password to whoever reads the wire, unless the caller has allowed that by name (RFC 4422 §6.1, RFC 4954 §4).
 *
 * @param mechanisms those that fit the credentials, the strongest first.
 * @throws NoUsableMechanism when there is none, with the reason why.
 */
export function chooseMechanism<Proof extends Credentials>(
  mechanisms: readonly Mechanism<Proof>[],
  choice: MechanismChoice,
): Mechanism<Proof> {
  const { offered, secrecy, canBind, only } = choice
  const names = new Set(offered.map((name) => name.toUpperCase()))
  const own = mechanisms.filter(({ name }) => only === undefined || only === name)
  const shared = own.filter(({ name }) => names.has(name))
  const bindable = shared.filter(({ bindsChannel }) => bindsChannel !== true || canBind)
  const chosen = bindable.find(({ isClearText }) => !isClearText || secrecy !== 'clear')
  if (chosen !== undefined) return chosen
  if (bindable.length > 0) {
    throw new NoUsableMechanism({
      offered,
      reason: `${listNames(bindable)} would show the password to the network`,
      hint: "Set the server's tls to 'implicit' or 'starttls'",
    })
  }
  if (shared.length > 0) {
    throw new NoUsableMechanism({
      offered,
      reason: `${listNames(shared)} needs a TLS connection to bind to, and there is none`,
      hint: "Set the server's tls to 'implicit' or 'starttls', and leave its channelBinding out",
    })
  }
  throw new NoUsableMechanism({
    offered,
    reason: `this client ${only === undefined ? `has ${listNames(own)}` : `was told to use ${only}`}`,
    hint:
      names.size === 0
        ? 'Check the port: submission is 587 or 465, and 25 seldom authenticates'
        : 'Ask the provider which mechanisms the mailbox can be used with',
  })
}

function listNames(mechanisms: readonly { readonly name: LoginName }[]): string {
  return mechanisms.map(({ name }) => name).join(', ')
}
