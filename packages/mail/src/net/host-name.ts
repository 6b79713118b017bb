import { domainToASCII } from 'node:url'
import type { MailServer } from './mail-server.ts'

/** A name in other letters than ASCII in its A-labels (RFC 5890 §2.3.2.1), as a resolver would ask for it; the empty text, when it has none. */
export function asciiHost(host: string): string {
  return /^[\0-\x7f]*$/.test(host) ? host : domainToASCII(host)
}

/**
 * The name that the server's certificate must have, in the form that certificates have it in: A-labels (RFC 5280 §7.2), without the dot of the root, which the server name indication
 * must not have either (RFC 6066 §3).
 */
export function certificateNameOf({ host, servername = host }: MailServer): string {
  return asciiHost(servername).replace(/\.$/, '') || servername
}
