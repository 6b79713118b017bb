import { octetsOf } from '../base/octets.ts'
import type { ContentDisposition, ContentType } from './content-type.ts'

/** What every file system in use takes: 255 octets of UTF-8. */
const MAX_FILE_NAME_OCTETS = 255

/** What can't be in a file name somewhere, or changes how one reads: controls, format characters, separators, wildcards. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*]/gu

/** Names of devices on Windows, whatever their extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/**
 * The name that a part gives its content, exactly as it says: it may hold `/`, `..` or anything else. RFC 2183 §2.3: the
 * `filename` of the disposition, otherwise the `name` of the content type.
 */
export function fileNameOf(
  contentType: ContentType,
  disposition: ContentDisposition | undefined,
): string | undefined {
  const name = disposition?.parameters.get('filename') ?? contentType.parameters.get('name')
  return name === '' ? undefined : name
}

/**
 * A name to store a file under, made of what a stranger called it: without folders, controls, bidirectional overrides and characters that
 * some file system refuses; not a device, not hidden, at most 255 octets, the extension kept. `undefined` when nothing is left.
 *
 * @example
 * ```ts
 * import { safeFileName } from '@obmen/mail/mime'
 *
 * console.log(safeFileName('../../etc/passwd')) // passwd
 * ```
 */
export function safeFileName(fileName: string): string | undefined {
  const base = fileName.split(/[/\\]/).at(-1) ?? ''
  const kept = base.toWellFormed().replaceAll(UNSAFE, '_')
  let start = 0
  let end = kept.length
  while (start < end && ' .'.includes(kept.charAt(start))) start++
  while (end > start && ' .'.includes(kept.charAt(end - 1))) end--
  const safe = kept.slice(start, end).replace(DEVICE, '_$&')
  return safe === '' ? undefined : shorten(safe)
}

function shorten(name: string): string {
  if (octetsOf(name).length <= MAX_FILE_NAME_OCTETS) return name
  const dot = name.lastIndexOf('.')
  const hasExtension = dot > 0 && name.length - dot <= 20
  const extension = hasExtension ? name.slice(dot) : ''
  let room = MAX_FILE_NAME_OCTETS - octetsOf(extension).length
  let stem = ''
  for (const character of hasExtension ? name.slice(0, dot) : name) {
    room -= octetsOf(character).length
    if (room < 0) break
    stem += character
  }
  return stem + extension
}
