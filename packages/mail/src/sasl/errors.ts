import { MailError } from '../base/mail-error.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import type { LoginName } from './mechanism.ts'

/**
 * The server did not accept who we are, or did not prove who it is. No other mechanism is tried after it: a weaker one
 * would be what an attacker waits for, and a second wrong password may lock the account.
 */
export class AuthenticationFailed extends MailError {
  readonly code = 'AUTHENTICATION_FAILED'
  readonly transient: boolean
  readonly mechanism: LoginName
  /** Who was to be authenticated; empty when the server was to take that from the client certificate. */
  readonly user: string
  /** What the server said, escaped and shortened; `undefined` when the mechanism itself refused to go on. */
  readonly serverWords: string | undefined

  constructor(facts: {
    readonly mechanism: LoginName
    readonly user: string
    /** Our own reason, or a word about the server's. */
    readonly reason: string
    readonly serverWords?: string
    readonly transient?: boolean
    readonly hint?: string
  }) {
    const words = facts.serverWords === undefined ? undefined : escapePeerWords(facts.serverWords)
    const user = escapePeerWords(facts.user)
    super(
      `authentication ${user === '' ? '' : `of "${user}" `}with ${facts.mechanism} failed: ${facts.reason}` +
        (words === undefined ? '' : `: ${words}`),
      facts.hint === undefined ? {} : { hint: facts.hint },
    )
    this.transient = facts.transient ?? false
    this.mechanism = facts.mechanism
    this.user = facts.user
    this.serverWords = words
  }
}

/** Authentication was not begun, because no mechanism is fit for it. No credentials were sent. */
export class NoUsableMechanism extends MailError {
  readonly code = 'NO_USABLE_MECHANISM'
  readonly transient = false
  /** The names that the server offered, as it wrote them. */
  readonly offered: readonly string[]
  /** What stands in the way, as a part of the message. */
  readonly reason: string

  constructor(facts: {
    readonly offered: readonly string[]
    readonly reason: string
    readonly hint: string
  }) {
    const offer =
      facts.offered.length === 0
        ? 'the server offers no mechanism'
        : `the server offers ${escapePeerWords(facts.offered.join(' '))}`
    super(`authentication was not attempted: ${facts.reason}; ${offer}`, { hint: facts.hint })
    this.offered = facts.offered
    this.reason = facts.reason
  }
}
