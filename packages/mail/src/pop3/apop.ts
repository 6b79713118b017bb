/**
 * APOP (RFC 1939 §7): the server's timestamp and the password, hashed together. The password does not travel, but whoever records a login can
 * try passwords on it, and whoever stands in for the server can compute parts of the password out of some hundred logins, by timestamps made for collisions of
 * MD5 (CVE-2007-1558). So it is used only by who asks for it by name, and only with a timestamp that has the form it must have: those
 * collisions need octets that a msg-id can't hold.
 */

import { concatOctets, octetsOf } from '../base/octets.ts'
import type { PasswordCredentials } from '../sasl/credentials.ts'
import type { SaslCrypto } from '../sasl/environment.ts'
import { encodeCredential } from '../sasl/mechanism.ts'
import { formatHex } from '../sasl/proof.ts'
import { formatSecretCommand } from './command.ts'
import type { Pop3Command } from './command.ts'

/** One side of a msg-id: letters, digits and the marks of an atom, with single dots between them (`dot-atom-text`, RFC 5322 §3.2.3). */
const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
/** `no-fold-literal` of RFC 5322 §3.6.4, as hosts without a name write it: `[192.0.2.1]`. */
const LITERAL = /^\[[\w.:-]+\]$/
/** A greeting has 512 octets at most (RFC 2449 §4), so its timestamp has fewer. */
const MAX_TIMESTAMP = 512

/** The timestamp of a greeting: its first words in angle brackets. `undefined` when it has none, or they are no msg-id. */
export function timestampOf(greeting: string): string | undefined {
  const start = greeting.indexOf('<')
  const end = greeting.indexOf('>', start)
  if (start < 0 || end < 0 || end - start > MAX_TIMESTAMP) return undefined
  const [left = '', right = '', ...rest] = greeting.slice(start + 1, end).split('@')
  const isMessageId =
    rest.length === 0 && DOT_ATOM.test(left) && (DOT_ATOM.test(right) || LITERAL.test(right))
  return isMessageId ? greeting.slice(start, end + 1) : undefined
}

/**
 * `APOP name digest`.
 *
 * @throws RangeError when the credentials have no form in it: a name with spaces, an authorization identity, NUL.
 */
export function formatApop(
  timestamp: string,
  { user, password, authorizationId }: PasswordCredentials,
  crypto: SaslCrypto,
): Pop3Command {
  if (authorizationId !== undefined) {
    throw new RangeError('APOP has no place for an authorization identity')
  }
  encodeCredential(user, 'the user name')
  if (user.includes(' ')) throw new RangeError('APOP has no place for a user name with spaces')
  const secret = encodeCredential(password.reveal(), 'the password')
  const digest = formatHex(crypto.hash('md5', concatOctets([octetsOf(timestamp), secret])))
  return formatSecretCommand(`APOP ${user}`, digest)
}
