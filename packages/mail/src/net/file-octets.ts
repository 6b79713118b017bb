import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'

/** Half as much, a stream's default, takes half as long again; more takes memory and no less time (measured). */
const READ_AHEAD_OCTETS = 131_072

/** A file, as `MessageDraft` of `@obmen/mail/mime` wants one that is attached, but for its content type. */
export interface FileContent {
  readonly fileName: string
  readonly sizeOctets: number
  readonly content: () => AsyncIterable<Uint8Array>
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
    content: () => fileOctets(path),
  }
}

/** The octets of a file, in pieces; it is opened anew each time. */
export function fileOctets(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: READ_AHEAD_OCTETS })
}
