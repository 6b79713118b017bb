import type { Secret } from '../base/secret.ts'
import type { MechanismName } from '../sasl/mechanism.ts'
import type { Deadlines } from '../wire/deadlines.ts'
import type { ProtocolLog } from '../wire/protocol-log.ts'

/** A mail server and how to reach it: the same for every protocol. */
export interface MailServer {
  /** A host name or an IP address. */
  readonly host: string
  readonly port: number
  /**
   * When the connection is encrypted: from its first octet (`'implicit'`, RFC 8314), or by a command before anything that matters is
   * sent (`'starttls'`, RFC 3207, RFC 2595). Both are required as said: there is no falling back. `'none'` is the only way to
   * clear text.
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** The name that the server's certificate must have; by default {@link host}. */
  readonly servername?: string
  /** The certificates to trust, as PEM, instead of those that Node.js brings along. */
  readonly ca?: string | readonly string[]
  readonly credentials?: MailCredentials
}

/** Whom to log in as, and by which mechanism if it has to be a certain one. */
export interface MailCredentials {
  readonly user: string
  readonly password: Secret
  readonly mechanism?: MechanismName
}

export interface ConnectionOptions {
  /** Ends everything that is under way, with `Aborted`, and closes the connection. */
  readonly signal?: AbortSignal
  /** Other deadlines than those of RFC 5321 §4.5.3.2, for each phase. */
  readonly deadlines?: Partial<Deadlines>
  /** A deadline for the connection as a whole, from connecting to closing; by default there is none. */
  readonly totalTimeoutMs?: number
  /** Gets every line of the conversation. Secrets are replaced and content is abbreviated. */
  readonly log?: ProtocolLog
}
