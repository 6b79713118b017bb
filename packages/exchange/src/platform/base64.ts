import type { Base64 } from '../message/values.ts'

/** Base64 as the platform does it. */
export const base64: Base64 = {
  encode: (octets) =>
    Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64'),
  decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
}
