import { isMarkedAsUntransferable } from 'node:worker_threads'

/**
 * Gives the memory of octets back at once. To be called by who had them made and is the only one to have them: whoever looks at them afterwards
 * finds none.
 *
 * The engine of JavaScript learns of memory behind small objects only by its sum, and then goes through all objects there are to find what may
 * go: for each ten or twenty megabytes that pass through, once.
 */
export function release({ buffer }: Uint8Array): void {
  // Small buffers of Node share a larger one, which Node marks.
  if (buffer instanceof ArrayBuffer && !isMarkedAsUntransferable(buffer)) buffer.transfer(0)
}
