/** A file that goes with a letter → the fields of its part, and its content as it is written. */

import type { LetterBody } from '../base/canonical-letter.ts'
import type { ContentUse } from '../base/content-use.ts'
import { escapePeerWords } from '../base/peer-words.ts'
import { AttachedLetterCheck } from './attached-letter.ts'
import { Base64Encoder, base64Size } from './base64.ts'
import { MEDIA_TYPE } from './content-type.ts'
import { HeaderInvalid } from './errors.ts'
import { checkOneLine, foldField } from './fold-field.ts'
import { formatLegacyParameter, formatParameter } from './format-parameter.ts'
import type { DraftAttachment } from './message.ts'
import { isReference } from './message-id.ts'

/** Types that RFC 2045 §6.4 forbids to be encoded as base64. RFC 6532 §3.7 allows it for a letter whose header section holds UTF-8. */
const UNENCODABLE_TYPE = /^(?:multipart|message(?!\/global$))\//i
const LETTER_TYPE = /^message\/rfc822$/i

/** The words of RFC 2045 §6.2 for content that isn't encoded. */
export const TRANSFER_ENCODINGS = {
  '7BIT': '7bit',
  '8BITMIME': '8bit',
  BINARYMIME: 'binary',
} as const

/** A part whose content comes later. */
export interface AttachmentPart {
  readonly kind: 'attachment'
  readonly attachment: DraftAttachment
  readonly isLetter: boolean
  /** Of the encoded content. */
  readonly body: LetterBody
  /** The header section of the part, without the empty line. */
  readonly fields: string
  /** How many octets {@link writeAttachment} gives; `undefined` when the content doesn't say. */
  readonly sizeOctets: number | undefined
}

/**
 * @throws HeaderInvalid when its name, its type or its identifier can't be written.
 * @throws RangeError when its size is not a whole number.
 */
export function attachmentPart(attachment: DraftAttachment): AttachmentPart {
  const { sizeOctets, contentType } = attachment
  if (sizeOctets !== undefined && !(Number.isSafeInteger(sizeOctets) && sizeOctets >= 0)) {
    throw new RangeError(`sizeOctets is a whole number, not ${sizeOctets}`)
  }
  const isLetter = LETTER_TYPE.test(contentType)
  if (!MEDIA_TYPE.test(contentType) || (UNENCODABLE_TYPE.test(contentType) && !isLetter)) {
    throw new HeaderInvalid({
      field: 'the content type',
      reason: 'is none that an attachment can have',
      value: contentType,
      hint: 'Write it as type/subtype, for example application/octet-stream',
    })
  }
  const body = isLetter ? (attachment.body ?? '7BIT') : '7BIT'
  const fields = attachmentFields(attachment, isLetter ? TRANSFER_ENCODINGS[body] : 'base64')
  const written =
    sizeOctets === undefined ? undefined : isLetter ? sizeOctets + 2 : base64Size(sizeOctets)
  return { kind: 'attachment', attachment, isLetter, body, fields, sizeOctets: written }
}

function attachmentFields(attachment: DraftAttachment, encoding: string): string {
  const { fileName, contentId, disposition = 'attachment' } = attachment
  if (fileName !== undefined) checkOneLine('the file name', fileName)
  const name = fileName === undefined ? [] : formatLegacyParameter('name', fileName)
  const filename = fileName === undefined ? [] : formatParameter('filename', fileName)
  return (
    foldField('Content-Type', typeWords(attachment, name)) +
    foldField('Content-Transfer-Encoding', [encoding]) +
    (contentId === undefined ? '' : contentIdField(contentId)) +
    foldField('Content-Disposition', withSemicolons([disposition, ...filename]))
  )
}

/** The type, its parameters, and behind them the words of the name, if there is one: these are one parameter together. */
function typeWords(
  { contentType, parameters = new Map<string, string>() }: DraftAttachment,
  nameWords: readonly string[],
): readonly string[] {
  const words = [contentType]
  for (const [name, value] of parameters) {
    if (!isTypeParameter(name)) {
      throw new HeaderInvalid({
        field: 'the content type',
        reason: 'has a parameter that can not be one',
        value: name,
        hint: 'Write its name in letters, digits and hyphens; the file name is no parameter here',
      })
    }
    checkOneLine(`the ${name} of the content type`, value)
    words.push(...formatParameter(name, value))
  }
  if (nameWords.length === 0) return withSemicolons(words)
  return [...words.map((word) => `${word};`), ...nameWords]
}

/** Whether a parameter of this name may be given: a token without what RFC 2231 reads a meaning into, and not the name, which follows from the file name. */
export function isTypeParameter(name: string): boolean {
  return PARAMETER_NAME.test(name) && name.toLowerCase() !== 'name'
}

const PARAMETER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/

/** RFC 2045 §7 wants an identifier as that of a message. Many programs write other words, all read them, and what the HTML of a letter names has to stay what it is. */
function contentIdField(contentId: string): string {
  const bracketed = `<${contentId}>`
  if (!isReference(bracketed)) {
    throw new HeaderInvalid({
      field: 'Content-ID',
      reason: 'is not a content identifier',
      value: contentId,
      hint: 'Write it as left@right, of ASCII letters, digits, dots and hyphens',
    })
  }
  return foldField('Content-ID', [bracketed])
}

function withSemicolons(parts: readonly string[]): readonly string[] {
  return parts.map((part, index) => (index < parts.length - 1 ? `${part};` : part))
}

/**
 * Opens an attachment and gives its content as it is written: a piece for each piece. Ends before the last octets are out, or
 * anything beyond the size: half a file must not pass for a whole one.
 *
 * @param delimiter `--` and the boundary of the multipart that it is a part of.
 * @param use what becomes of the pieces that this gives.
 * @throws TypeError when the content is anything but `Uint8Array`; a stream with an encoding gives strings.
 * @throws RangeError when it has another size than was said.
 * @throws AttachedLetterInvalid when it is a letter, and not what its `body` says.
 */
export async function* writeAttachment(
  { attachment, isLetter, body }: AttachmentPart,
  delimiter: string,
  use: ContentUse,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sizeOctets, fileName } = attachment
  const writer = isLetter
    ? new AttachedLetterCheck({ body, delimiter, fileName })
    : new Base64Encoder({ overwritesLines: !use.keepsPieces })
  let contentOctets = 0
  // Base64 is made of a piece at once; a letter is passed on as it is.
  const keepsPieces = isLetter && use.keepsPieces
  for await (const octets of attachment.content({ keepsPieces })) {
    if (!(octets instanceof Uint8Array)) throw new TypeError('content comes in Uint8Arrays')
    contentOctets += octets.length
    if (sizeOctets !== undefined && contentOctets > sizeOctets) {
      throw otherSize(attachment, `at least ${contentOctets}`)
    }
    const written = writer.push(octets)
    if (written.length > 0) yield written
  }
  if (sizeOctets !== undefined && contentOctets < sizeOctets) {
    throw otherSize(attachment, `only ${contentOctets}`)
  }
  const last = writer.end()
  if (last.length > 0) yield last
}

function otherSize({ fileName, sizeOctets }: DraftAttachment, given: string): RangeError {
  const name = escapePeerWords(fileName ?? '')
  return new RangeError(`the attachment "${name}" has ${given} octets, not the ${sizeOctets} said`)
}
