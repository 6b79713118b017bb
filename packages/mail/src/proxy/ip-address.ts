/** The octets of an IP address that is written as text, or `undefined` when the text is none. An IPv6 address with a zone is none: a zone means nothing elsewhere. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => isDecimalOctet(part))
  return isAddress ? Uint8Array.from(parts, Number) : undefined
}

function isDecimalOctet(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(text) && Number(text) < 256
}

/** RFC 4291 §2.2: eight groups, of which one run of zeros may be left out, and the last two may be an IPv4 address. */
function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) =>
    parseGroups(half, { isLast: index === halves.length - 1 }),
  )
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined
  if (tail === undefined || head.length + tail.length > 14) return undefined
  const octets = new Uint8Array(16)
  octets.set(head)
  octets.set(tail, 16 - tail.length)
  return octets
}

function parseGroups(
  text: string,
  { isLast }: { readonly isLast: boolean },
): readonly number[] | undefined {
  const octets: number[] = []
  if (text === '') return octets
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const ipv4 = isLast && index === groups.length - 1 ? parseIpv4(group) : undefined
    if (ipv4 !== undefined) {
      octets.push(...ipv4)
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return undefined
      const value = Number.parseInt(group, 16)
      octets.push(value >> 8, value & 0xff)
    }
  }
  return octets
}
