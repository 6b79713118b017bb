import { escapePeerWords } from '../base/peer-words.ts'
import { parseIpAddress } from './ip-address.ts'

/** RFC 1928 §4: the name has one octet for its length. No name of the DNS is longer than 253. */
const MAX_NAME_OCTETS = 253

/** Where a tunnel leads to, in a form that both kinds of proxy can be told without misunderstanding. */
export interface TunnelTarget {
  /** A name in ASCII, or an address without brackets. */
  readonly host: string
  readonly port: number
  /** The octets of the host when it is an IP address. */
  readonly address: Uint8Array | undefined
}

/**
 * Letters, digits, dots, hyphens and underscores: with anything else a request could say more than it should.
 *
 * @throws RangeError
 */
export function parseTunnelTarget(host: string, port: number): TunnelTarget {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`the port ${port} is none that a proxy could connect to`)
  }
  const address = parseIpAddress(host)
  const isName = host.length <= MAX_NAME_OCTETS && /^[\w.-]+$/.test(host)
  if (address === undefined && !isName) {
    throw new RangeError(`the host "${escapePeerWords(host)}" is none that a proxy could be told`)
  }
  return { host, port, address }
}

/** RFC 3986 §3.2: an IPv6 address stands in brackets. */
export function formatAuthority({ host, port }: Pick<TunnelTarget, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
