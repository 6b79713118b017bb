/** The two sections of a letter as they stand, damaged ones too (RFC 5322 §2.1). */

const CR = 0x0d

/** What stands before the first empty line of a letter, whatever its line ends are. */
export function headerOf(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length)
  const ends = ['\r\n', '\n'].flatMap((end) => {
    const at = text.indexOf(`${end}${end}`)
    return at < 0 ? [] : at + end.length
  })
  return octets.subarray(0, Math.min(octets.length, ...ends))
}

/** What stands behind that line. */
export function bodyOf(octets: Uint8Array): Uint8Array {
  const { length } = headerOf(octets)
  return octets.subarray(octets[length] === CR ? length + 2 : length + 1)
}
