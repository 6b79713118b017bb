import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'

import type { DraftAttachment } from '@obmen/mail/mime'

import { FileChanged, FileUnusable } from '../errors/site-error.ts'

/** Half as much, a stream's default, takes half as long again; more takes memory and no less time (measured). */
const READ_OCTETS = 128 * 1024

/** A file to go with a letter; it is opened when its turn comes. Throws {@link FileUnusable} for a folder, and what `stat` throws. */
export function attachFile(path: string): DraftAttachment {
  const status = statSync(path)
  if (status.isDirectory()) throw new FileUnusable(path, 'EISDIR')
  return {
    fileName: basename(path),
    contentType: 'application/octet-stream',
    content: () => readWhole(path, status.size),
    sizeOctets: status.size,
  }
}

/** Throws {@link FileChanged} for any other number of octets: what is half an old file and half a new one helps nobody. */
async function* readWhole(path: string, sizeOctets: number): AsyncGenerator<Uint8Array, void> {
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: READ_OCTETS })
  let readOctets = 0
  for await (const octets of stream) {
    readOctets += octets.length
    if (readOctets > sizeOctets) throw new FileChanged(path)
    yield octets
  }
  if (readOctets < sizeOctets) throw new FileChanged(path)
}
