import { createReadStream, statSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ContentUse } from '../base/content-use.ts'

/** Half as much, a stream's default, takes half as long again; more takes memory and no less time (measured). */
const READ_AHEAD_OCTETS = 131_072

/** Two arrays of it are filled in turn. In base64 it is three times what leaves at once, a little less than 128 KiB each. Twice as much takes no less time (measured). */
const REUSED_OCTETS = 287_280

/** A file, as `MessageDraft` of `@obmen/mail/mime` wants one that is attached, but for its content type. */
export interface FileContent {
  readonly fileName: string
  readonly sizeOctets: number
  readonly content: (use?: ContentUse) => AsyncIterable<Uint8Array>
}

/**
 * A file to attach: opened when its turn comes, read in pieces. It has the size that it has now; when that changes before it is read, the letter is broken
 * off before its end.
 *
 * Throws what the file system throws; a folder fails when it is read.
 *
 * @example
 * ```ts
 * import { mediaTypeOf } from '@obmen/mail/mime'
 * import { fileContent } from '@obmen/mail/smtp'
 *
 * const contentType = mediaTypeOf('stock.csv') ?? 'application/octet-stream'
 * const attachments = [{ contentType, ...fileContent('stock.csv') }]
 * ```
 */
export function fileContent(path: string): FileContent {
  return {
    fileName: basename(path),
    sizeOctets: statSync(path).size,
    content: (use) => (use?.keepsPieces === false ? fleetingOctets(path) : fileOctets(path)),
  }
}

/** The octets of a file, in pieces; it is opened anew each time, when the first is asked for: one that nobody reads is neither left open nor missed. */
export async function* fileOctets(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const octets: AsyncIterable<Uint8Array> = createReadStream(path, {
    highWaterMark: READ_AHEAD_OCTETS,
  })
  yield* octets
}

/** The octets of a file, each piece good until the next is asked for: an array that is used again costs neither making nor clearing. While one is used, the other is read into. */
async function* fleetingOctets(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  await using file = await open(path)
  let current = Buffer.allocUnsafeSlow(REUSED_OCTETS)
  let other = Buffer.allocUnsafeSlow(REUSED_OCTETS)
  let reading = readInto(file, current)
  try {
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      const piece = current.subarray(0, bytesRead)
      ;[current, other] = [other, current]
      reading = readInto(file, current)
      yield piece
    }
  } finally {
    // A file is not closed under a read; what goes wrong with this one concerns nobody any more, or has been thrown.
    await Promise.allSettled([reading])
  }
}

/** Begins to read; what goes wrong is noticed by who awaits it, even if that is later. */
function readInto(file: FileHandle, octets: Uint8Array): Promise<{ readonly bytesRead: number }> {
  const reading = file.read(octets)
  reading.catch(() => undefined)
  return reading
}
