const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a proof is the expected one. Takes the same time wherever they differ. */
export function isSameProof(given: Uint8Array, expected: Uint8Array): boolean {
  if (given.length !== expected.length) return false
  let difference = 0
  for (const [index, octet] of given.entries()) difference |= octet ^ (expected[index] ?? 0)
  return difference === 0
}

/** Octets as lower-case hexadecimal digits: how the mechanisms of the MD5 time write their proofs. */
export function formatHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')
}

/** The text of a challenge; `undefined` when it is not UTF-8, which no honest challenge is not. */
export function decodeChallenge(challenge: Uint8Array): string | undefined {
  try {
    return utf8.decode(challenge)
  } catch {
    return undefined
  }
}
