/** The same octets, as an array that is searched natively: engines look for dots and line ends in all that passes. */
export function searchable({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return Buffer.from(buffer, byteOffset, byteLength)
}
