import { NoUsableMechanism } from './errors.ts'
import { login } from './login.ts'
import { MECHANISM_NAMES } from './mechanism.ts'
import type { Mechanism, MechanismName } from './mechanism.ts'
import { plain } from './plain.ts'

/**
 * Who may read what is sent: nobody but the server (`'encrypted'`), anybody and the caller said so by name
 * (`'clear-by-name'`), anybody (`'clear'`).
 */
export type ChannelSecrecy = 'encrypted' | 'clear-by-name' | 'clear'

export interface MechanismChoice {
  /** The names that the server offered; their case does not matter. */
  readonly offered: readonly string[]
  readonly secrecy: ChannelSecrecy
  /** Allow this mechanism and no other. */
  readonly only?: MechanismName
  /**
   * The mechanisms this side has, the strongest first; by default all of {@link MECHANISMS}. One that needs more than
   * the credentials (hashes, random numbers, the TLS channel) comes in here, made with what it needs.
   */
  readonly mechanisms?: readonly Mechanism[]
}

const MECHANISM_BY_NAME: Readonly<Record<MechanismName, Mechanism>> = {
  PLAIN: plain,
  LOGIN: login,
}

/** Every mechanism that needs nothing but the credentials, the strongest first. */
export const MECHANISMS: readonly Mechanism[] = MECHANISM_NAMES.map(
  (name) => MECHANISM_BY_NAME[name],
)

/**
 * Chooses the strongest mechanism that both sides have. Never one that was not offered; never one that shows the
 * password to whoever reads the wire, unless the caller has allowed that by name (RFC 4422 §6.1, RFC 4954 §4).
 *
 * @throws NoUsableMechanism when there is none, with the reason why.
 */
export function chooseMechanism(choice: MechanismChoice): Mechanism {
  const offered = new Set(choice.offered.map((name) => name.toUpperCase()))
  const own = (choice.mechanisms ?? MECHANISMS).filter(
    ({ name }) => choice.only === undefined || choice.only === name,
  )
  const shared = own.filter(({ name }) => offered.has(name))
  const chosen = shared.find(({ isClearText }) => !isClearText || choice.secrecy !== 'clear')
  if (chosen !== undefined) return chosen
  if (shared.length > 0) {
    throw new NoUsableMechanism({
      offered: choice.offered,
      reason: `${shared.map(({ name }) => name).join(', ')} would show the password to the network`,
      hint: "Set the server's tls to 'implicit' or 'starttls'",
    })
  }
  throw new NoUsableMechanism({
    offered: choice.offered,
    reason: `this client ${choice.only === undefined ? 'has' : 'was told to use'} ${own.map(({ name }) => name).join(', ')}`,
    hint:
      offered.size === 0
        ? 'Check the port: submission is 587 or 465, and 25 seldom authenticates'
        : 'Ask the provider which mechanisms the mailbox can be used with',
  })
}
