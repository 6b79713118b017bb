/** A table of data: the media types that files are attached with most often, by the end of the name. */

const BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['7z', 'application/x-7z-compressed'],
  ['avif', 'image/avif'],
  ['bmp', 'image/bmp'],
  ['bz2', 'application/x-bzip2'],
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['gif', 'image/gif'],
  ['gz', 'application/gzip'],
  ['heic', 'image/heic'],
  ['htm', 'text/html'],
  ['html', 'text/html'],
  ['ics', 'text/calendar'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['js', 'text/javascript'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mp3', 'audio/mpeg'],
  ['mp4', 'video/mp4'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ogg', 'audio/ogg'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['rar', 'application/vnd.rar'],
  ['rtf', 'application/rtf'],
  ['svg', 'image/svg+xml'],
  ['tar', 'application/x-tar'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['txt', 'text/plain'],
  ['vcf', 'text/vcard'],
  ['wav', 'audio/wav'],
  ['webm', 'video/webm'],
  ['webp', 'image/webp'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['zip', 'application/zip'],
  ['zst', 'application/zstd'],
])

/**
 * The media type that the end of a file name speaks of; `undefined` when it is none of the usual ones. Of a text it does not know the charset.
 *
 * @example
 * ```ts
 * import { mediaTypeOf } from '@obmen/mail/mime'
 *
 * console.log(mediaTypeOf('остатки.CSV') ?? 'application/octet-stream') // text/csv
 * ```
 */
export function mediaTypeOf(fileName: string): string | undefined {
  const dot = fileName.lastIndexOf('.')
  return dot < 0 ? undefined : BY_EXTENSION.get(fileName.slice(dot + 1).toLowerCase())
}
