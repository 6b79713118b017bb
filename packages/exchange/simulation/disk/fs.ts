/** The part of `node:fs` that an exchange uses, over simulated disks. */
import { Readable } from 'node:stream'

import { diskOf, readWhole } from './memory-disk.ts'

export function existsSync(path: string): boolean {
  return diskOf(path).files.has(path)
}

export function statSync(path: string): { readonly size: number } {
  return { size: readWhole(path).length }
}

export function readFileSync(path: string): Uint8Array {
  return readWhole(path)
}

/** What part of a file is read: from an octet to an octet, both included. */
export interface ReadRange {
  readonly start?: number
  readonly end?: number
}

export function createReadStream(path: string, range: ReadRange = {}): Readable {
  return new Readable({
    read(): void {
      void readInto(this, path, range)
    },
  })
}

async function readInto(stream: Readable, path: string, range: ReadRange): Promise<void> {
  const { start = 0, end = Number.POSITIVE_INFINITY } = range
  try {
    const octets = await diskOf(path).at('read', () => readWhole(path))
    stream.push(octets.subarray(start, end + 1))
    stream.push(null)
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}
