import { concatOctets } from '../../base/octets.ts'
import type { SectionItem } from '../../imap/server-fetch-items.ts'
import { createTransferDecoder } from '../../mime/transfer-encoding.ts'
import { EMPTY_LINE, fieldsOf, type LetterPart, partAt } from './letter-part.ts'

/** The octets of a section (RFC 9051 §6.4.5.1); `undefined` when the letter has no such part. */
export function sectionOf(letter: LetterPart, item: SectionItem): Uint8Array | undefined {
  const part = partAt(letter, item.part)
  if (part === undefined) return undefined
  const isWhole = item.part.length === 0
  if (item.of === 'CONTENT') {
    return isWhole ? concatOctets([part.headerOctets, part.bodyOctets]) : part.bodyOctets
  }
  if (item.of === 'MIME') return part.headerOctets
  // Header section and text are those of a letter: of the whole, or of one that is a part.
  const of = isWhole ? part : part.letter
  if (of === undefined) return undefined
  if (item.of === 'TEXT') return of.bodyOctets
  if (item.of === 'HEADER') return of.headerOctets
  const isExcluding = item.of === 'HEADER.FIELDS.NOT'
  const fields = fieldsOf(of.headerOctets, { names: item.fields, isExcluding })
  return concatOctets([...fields, EMPTY_LINE])
}

/** The content of a part with its transfer encoding undone (RFC 3516); `undefined` when it has one that nobody knows. */
export function decodedContent({
  transferEncoding,
  bodyOctets,
}: LetterPart): Uint8Array | undefined {
  const decoder = createTransferDecoder(transferEncoding)
  return decoder && concatOctets([decoder.push(bodyOctets), decoder.end()])
}
