import type { FileHandle } from 'node:fs/promises'

/** Writes octets to a place in a file. A disk that is nearly full takes a part of them, and says no only to the rest. */
export async function writeWhole(
  file: FileHandle,
  octets: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < octets.length;) {
    done += (await file.write(octets, done, octets.length - done, position + done)).bytesWritten
  }
}
