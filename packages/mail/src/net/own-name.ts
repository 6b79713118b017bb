import { hostname } from 'node:os'
import { type ClientName, parseClientName } from '../smtp/path.ts'

/** Letters, digits and hyphens (RFC 5321 §4.1.2), at least two labels. Other domains take an underscore; servers that are strict with EHLO don't. */
const HOST_NAME =
  /^[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?(?:\.[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?)+$/

/** What a client calls itself whom nobody has told. RFC 5321 §4.1.4: one without a host name in the DNS uses its address. Behind a NAT any is as good. */
export function ownName(host: string = hostname()): ClientName {
  return parseClientName(HOST_NAME.test(host) ? host : '[127.0.0.1]')
}
