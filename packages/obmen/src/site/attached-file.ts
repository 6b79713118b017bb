import { statSync } from 'node:fs'

import { type ContentUse, type DraftAttachment, mediaTypeOf } from '@obmen/mail/mime'
import { fileContent, type FileContent } from '@obmen/mail/smtp'

import { FileChanged, FileUnusable } from '../errors/site-error.ts'

/** A file to go with a letter; it is opened when its turn comes. Throws {@link FileUnusable} for a folder or a pipe, and what `stat` throws. */
export function attachFile(path: string): DraftAttachment {
  const status = statSync(path)
  if (status.isDirectory()) throw new FileUnusable(path, 'EISDIR')
  // It has no size, and could not be read again for recipients that were one too many.
  if (status.isFIFO()) throw new FileUnusable(path, 'ESPIPE')
  const file = fileContent(path)
  return {
    ...file,
    contentType: mediaTypeOf(path) ?? 'application/octet-stream',
    content: (use) => readWhole(path, file, use),
  }
}

/** Throws {@link FileChanged} for any other number of octets: what is half an old file and half a new one helps nobody. */
async function* readWhole(
  path: string,
  { content, sizeOctets }: FileContent,
  use?: ContentUse,
): AsyncGenerator<Uint8Array, void> {
  let readOctets = 0
  for await (const octets of content(use)) {
    readOctets += octets.length
    if (readOctets > sizeOctets) throw new FileChanged(path)
    yield octets
  }
  if (readOctets < sizeOctets) throw new FileChanged(path)
}
