/**
 * Gives the memory of octets back at once. To be called by who had them made and is the only one to have them: whoever looks at them afterwards
 * finds none.
 *
 * The engine of JavaScript learns of memory behind small objects only by its sum, and then goes through all objects there are to find what may
 * go: for each ten or twenty megabytes that pass through, once.
 */
export function release({ buffer, byteLength }: Uint8Array): void {
  // Small buffers of Node share a larger one, which may be left from when the size of it was another.
  const largest = Math.max(Buffer.poolSize, MOST_SHARED_OCTETS)
  const isShared = byteLength < buffer.byteLength && buffer.byteLength <= largest
  if (buffer instanceof ArrayBuffer && !isShared) buffer.transfer(0)
}

/** What Node shares by default, in one version or another. */
const MOST_SHARED_OCTETS = 64 * 1024
